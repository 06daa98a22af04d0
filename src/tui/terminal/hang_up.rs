//! When the terminal is gone: notice it, and end without touching it.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::oneshot;

/// Tells when the terminal has hung up, also where SIGHUP is ignored: a reader of such a terminal
/// spins for ever. Costs a thread that sleeps in the kernel.
pub(crate) fn watch_for_hang_up() -> io::Result<oneshot::Receiver<()>> {
    let terminal: OwnedFd = io::stdin().as_fd().try_clone_to_owned()?;
    let (gone, watch) = oneshot::channel();
    thread::Builder::new().name("hang-up".to_owned()).spawn(move || {
        loop {
            // No events are asked for: a hang-up is always told.
            let mut fds = [PollFd::new(&terminal, PollFlags::empty())];
            match poll(&mut fds, None) {
                Err(rustix::io::Errno::INTR) => {}
                Ok(_) | Err(_) => break,
            }
        }
        let _nobody_listens = gone.send(());
    })?;
    Ok(watch)
}

/// Ends the process now, as by a signal of this number. The terminal is gone: giving it back, or only dropping what holds it, would
/// write to a dead one and panic on a dead standard error.
pub(crate) fn exit_at_once<T>(holder: T, signal: u8) -> ! {
    std::mem::forget(holder);
    #[expect(clippy::disallowed_methods, reason = "a return would drop the terminal, see above")]
    std::process::exit(128 + i32::from(signal))
}
