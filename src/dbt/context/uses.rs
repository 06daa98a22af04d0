//! What templates looked at besides their own text: names, macros, variables, the environment, docs blocks.
//! A load that has the outcome of an earlier one does again only what looked at something that has changed.
//!
//! A look is kept as a small number. Two looks that share one cost a little work for nothing and are never
//! wrong.

use std::cell::RefCell;
use std::collections::HashSet;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look<'a> {
    /// A name in a template: a macro, one of dbt's members, or nothing at all.
    Name(&'a str),
    /// A variable of the project or of `--vars`.
    Var(&'a str),
    /// All variables: a message lists them.
    AllVars,
    /// A variable of the environment.
    Env(&'a str),
    /// A docs block.
    Doc(&'a str),
    /// The time at which the run started.
    Now,
}

/// A look as a number.
pub(crate) type Mark = u32;

impl Look<'_> {
    /// The same look is the same number in every run.
    pub(crate) fn mark(self) -> Mark {
        let (kind, name) = match self {
            Self::Name(name) => (0, name),
            Self::Var(name) => (1, name),
            Self::AllVars => (2, ""),
            Self::Env(name) => (3, name),
            Self::Doc(name) => (4, name),
            Self::Now => (5, ""),
        };
        // FNV-1a: short names, and a value that depends on no random state.
        std::iter::once(kind)
            .chain(name.bytes())
            .fold(0x811c_9dc5, |mark: u32, byte| (mark ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

/// What a piece of work looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Each once, in no order.
    pub(crate) marks: Vec<Mark>,
    /// Names of the environment variables among them: their values have to be asked for again.
    pub(crate) env: Vec<String>,
}

impl Uses {
    pub(crate) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    pub(crate) fn has_any(&self, marks: &HashSet<Mark>) -> bool {
        self.marks.iter().any(|mark| marks.contains(mark))
    }

    pub(crate) fn extend(&mut self, more: Self) {
        if self.marks.is_empty() {
            *self = more;
            return;
        }
        for mark in more.marks {
            self.mark(mark);
        }
        for name in more.env {
            self.name(&name);
        }
    }

    fn mark(&mut self, mark: Mark) {
        if !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }

    fn name(&mut self, name: &str) {
        if !self.env.iter().any(|known| known == name) {
            self.env.push(name.to_owned());
        }
    }
}

/// Written by the members of a context, read when a piece of work is done.
#[derive(Debug, Default)]
pub(crate) struct UsesLog(RefCell<Uses>);

impl UsesLog {
    pub(crate) fn add(&self, look: Look<'_>) {
        let mut uses = self.0.borrow_mut();
        uses.mark(look.mark());
        if let Look::Env(name) = look {
            uses.name(name);
        }
    }

    /// All since the last call.
    pub(crate) fn take(&self) -> Uses {
        self.0.take()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_of_look_is_a_mark_of_its_own() {
        let looks = [
            Look::Name("a"),
            Look::Var("a"),
            Look::Env("a"),
            Look::Doc("a"),
            Look::AllVars,
            Look::Now,
            Look::Name("b"),
        ];
        let marks: BTreeSet<Mark> = looks.iter().map(|look| look.mark()).collect();
        assert_eq!(marks.len(), looks.len());
        assert_eq!(Look::Name("ref").mark(), Look::Name("ref").mark());
    }

    #[test]
    fn a_log_is_empty_once_it_was_taken() {
        let log = UsesLog::default();
        log.add(Look::Env("HOME"));
        log.add(Look::Var("start"));
        let uses = log.take();
        assert_eq!((uses.marks.len(), uses.env.len()), (2, 1));
        assert!(log.take().is_empty());
    }
}
