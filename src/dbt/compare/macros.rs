//! Macros whose text has changed, and the nodes that use one of them at any remove.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::dbt::node::{Node, Project};

/// Macros that differ between two projects.
#[derive(Debug)]
pub(super) struct ChangedMacros<'s> {
    changed: HashSet<&'s str>,
    /// What each macro calls.
    calls: HashMap<&'s str, &'s [String]>,
    /// Macros that have been looked at, and whether a changed one is among them and what they call.
    known: RefCell<HashMap<String, bool>>,
}

impl<'s> ChangedMacros<'s> {
    /// Changed, new and removed ones.
    pub(super) fn between(before: &'s Project, now: &'s Project) -> Self {
        let texts = |project: &'s Project| -> HashMap<&'s str, &'s str> {
            let macros = project.macro_definitions.iter();
            macros.map(|one| (one.unique_id.as_str(), one.macro_sql.as_str())).collect()
        };
        let (old, new) = (texts(before), texts(now));
        let changed = new.iter().filter(|(id, text)| old.get(*id) != Some(text)).map(|(id, _)| *id);
        let removed = old.keys().filter(|id| !new.contains_key(*id)).copied();
        let changed = changed.chain(removed).collect();
        let calls =
            now.macro_definitions.iter().map(|one| (one.unique_id.as_str(), one.depends_on.as_slice())).collect();
        Self { changed, calls, known: RefCell::default() }
    }

    /// Whether a node calls one of them, or a macro that does.
    pub(super) fn are_used_by(&self, node: &Node) -> bool {
        !self.changed.is_empty() && node.depends_on_macros.iter().any(|id| self.reaches(id))
    }

    /// Whether a macro is one of them or leads to one. Walks without recursion: a repository may chain
    /// as many macros as it likes.
    fn reaches(&self, id: &str) -> bool {
        if let Some(known) = self.known.borrow().get(id) {
            return *known;
        }
        let mut seen: HashSet<&str> = HashSet::from([id]);
        let mut open = vec![id];
        let mut found = false;
        while let Some(next) = open.pop() {
            if self.changed.contains(next) {
                found = true;
                break;
            }
            let called = self.calls.get(next).copied().unwrap_or_default();
            open.extend(called.iter().map(String::as_str).filter(|called| seen.insert(called)));
        }
        self.known.borrow_mut().insert(id.to_owned(), found);
        found
    }
}
