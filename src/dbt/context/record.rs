//! What a template did while it was rendered: what it referred to, how it configured itself, which
//! macros it called, why it failed.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use indexmap::IndexSet;

use crate::dbt::config::Config;
use crate::dbt::resolve::RefArgs;
use crate::jinja::{Error, Value};
use crate::problem::Code;

/// Templates within templates.
const DEEPEST: usize = 30;

/// Filled by the members of a context.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) refs: RefCell<Vec<RefArgs>>,
    pub(crate) sources: RefCell<Vec<(String, String)>>,
    /// Names of metrics, each perhaps with its package in front.
    pub(crate) metrics: RefCell<Vec<Vec<String>>>,
    pub(crate) config: RefCell<Config>,
    /// `unique_id`s of the macros called from the node itself.
    pub(crate) macros: RefCell<IndexSet<String>>,
    /// `unique_id`s of the ephemeral models that were referred to.
    pub(crate) ephemeral: RefCell<IndexSet<String>>,
    /// How many macros are running.
    pub(crate) depth: Cell<usize>,
    /// How many templates are being rendered within this one, by `render()` and by variables.
    nested: Cell<usize>,
    /// `store_result` and `load_result`: none where it was loaded.
    pub(crate) results: RefCell<HashMap<String, Value>>,
    /// What the warehouse was asked and can't have answered: a method of `adapter`.
    asked: RefCell<Option<String>>,
    failure: RefCell<Option<(Code, String)>>,
}

impl Record {
    /// An error whose code is to be found again by [`Record::code_of`].
    pub(crate) fn raise(&self, code: Code, message: impl Into<String>) -> Error {
        let message = message.into();
        *self.failure.borrow_mut() = Some((code, message.clone()));
        Error::raised(message)
    }

    /// Notes a question whose answer is made up, because there is no warehouse.
    pub(super) fn ask(&self, method: &str) {
        self.asked.borrow_mut().get_or_insert_with(|| method.to_owned());
    }

    /// The first such question.
    pub(super) fn asked(&self) -> Option<String> {
        self.asked.borrow().clone()
    }

    /// Renders a template within the one that is being rendered.
    pub(super) fn nested<R>(&self, work: impl FnOnce() -> Result<R, Error>) -> Result<R, Error> {
        if self.nested.get() >= DEEPEST {
            return Err(Error::limit(format!("templates render each other more than {DEEPEST} deep")));
        }
        self.nested.set(self.nested.get() + 1);
        let result = work();
        self.nested.set(self.nested.get() - 1);
        result
    }

    /// The code of an error that was made here.
    pub(crate) fn code_of(&self, error: &Error) -> Option<Code> {
        let failure = self.failure.borrow();
        failure.as_ref().filter(|(_, message)| message == error.message()).map(|(code, _)| code.clone())
    }
}
