//! The threads of a load.

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::dbt::context::{Shared, Worker};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Templates nest macros within macros: each thread gets room for that.
const STACK_BYTES: usize = 32 << 20;

/// Threads with deep stacks; the caller's own thread where none can be had.
pub(super) struct Pool(Option<ThreadPool>);

impl Pool {
    pub(super) fn new() -> Self {
        Self(ThreadPoolBuilder::new().stack_size(STACK_BYTES).thread_name(|index| format!("dbt-{index}")).build().ok())
    }

    /// Does `work` for every item side by side; results in the items' order.
    pub(super) fn map<T: Sync, R: Send>(&self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        self.install(|| items.par_iter().map(&work).collect())
    }

    /// The same with an interpreter a thread.
    pub(super) fn map_with<T: Sync, R: Send>(
        &self,
        shared: &Arc<Shared>,
        cancelled: &AtomicBool,
        items: &[T],
        work: impl Fn(&mut Worker<'_>, &T) -> R + Sync,
    ) -> Vec<R> {
        let worker = || Worker::new(shared, cancelled);
        self.install(|| items.par_iter().map_init(worker, |worker, item| work(worker, item)).collect())
    }

    /// The same for items that are changed in place.
    pub(super) fn change_with<T: Send>(
        &self,
        shared: &Arc<Shared>,
        cancelled: &AtomicBool,
        items: &mut [T],
        work: impl Fn(&mut Worker<'_>, &mut T) + Sync,
    ) {
        let worker = || Worker::new(shared, cancelled);
        self.install(|| items.par_iter_mut().for_each_init(worker, |worker, item| work(worker, item)));
    }

    /// Does `work` on one of the threads.
    pub(super) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.0 {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}
