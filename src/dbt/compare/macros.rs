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
    /// Changed, new and removed ones. Those that come with dbt itself are passed over: another version of
    /// it, or another program that speaks for it, is no change of the project. So is white space around
    /// a macro.
    pub(super) fn between(before: &'s Project, now: &'s Project) -> Self {
        let texts = |project: &'s Project| -> HashMap<&'s str, &'s str> {
            let macros = project.macro_definitions.iter().filter(|one| !is_dbts_own(&one.package_name));
            macros.map(|one| (one.unique_id.as_str(), one.macro_sql.trim())).collect()
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

/// Packages that come with dbt and its adapters.
fn is_dbts_own(package: &str) -> bool {
    let adapter = package.strip_prefix("dbt_");
    package == "dbt"
        || adapter.is_some_and(|name| {
            matches!(
                name,
                "postgres"
                    | "redshift"
                    | "snowflake"
                    | "bigquery"
                    | "databricks"
                    | "spark"
                    | "duckdb"
                    | "sqlite"
                    | "trino"
                    | "athena"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::definitions::MacroDefinition;
    use crate::dbt::node::NodeKind;

    fn project(macros: &[(&str, &str, &[&str])]) -> Project {
        let one = |(id, text, calls): &(&str, &str, &[&str])| MacroDefinition {
            unique_id: (*id).to_owned(),
            package_name: id.split('.').nth(1).unwrap_or_default().to_owned(),
            macro_sql: (*text).to_owned(),
            depends_on: calls.iter().map(|call| (*call).to_owned()).collect(),
            ..MacroDefinition::default()
        };
        Project { macro_definitions: macros.iter().map(one).collect(), ..Project::default() }
    }

    fn user_of(id: &str) -> Node {
        Node { depends_on_macros: vec![id.to_owned()], ..Node::new(NodeKind::Model) }
    }

    #[test]
    fn a_change_reaches_those_who_use_it_at_any_remove() {
        let before = project(&[("macro.p.a", "1", &["macro.p.b"]), ("macro.p.b", "1", &[]), ("macro.p.c", "1\n", &[])]);
        let now =
            project(&[("macro.p.a", "1", &["macro.p.b"]), ("macro.p.b", "2", &["macro.p.a"]), ("macro.p.c", "1", &[])]);
        let changed = ChangedMacros::between(&before, &now);
        let used = ["macro.p.a", "macro.p.b", "macro.p.c"].map(|id| changed.are_used_by(&user_of(id)));
        assert_eq!(used, [true, true, false]);
    }

    #[test]
    fn another_dbt_is_no_change() {
        let before =
            project(&[("macro.dbt.a", "1", &[]), ("macro.dbt_postgres.b", "1", &[]), ("macro.dbt_utils.c", "1", &[])]);
        let now =
            project(&[("macro.dbt.a", "2", &[]), ("macro.dbt_duckdb.b", "2", &[]), ("macro.dbt_utils.c", "2", &[])]);
        let changed = ChangedMacros::between(&before, &now);
        let used =
            ["macro.dbt.a", "macro.dbt_duckdb.b", "macro.dbt_utils.c"].map(|id| changed.are_used_by(&user_of(id)));
        assert_eq!(used, [false, false, true]);
    }
}
