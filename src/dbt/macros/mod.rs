//! Every macro of a load: dbt's own, the root project's, the packages'; and which of several with one
//! name is meant. Calling them is the business of `context`.

mod builtins;
mod definitions;
mod lookup;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use builtins::add_builtins;
pub(crate) use definitions::describe;
pub(crate) use lookup::GenerateName;
pub(crate) use read::read_macros;

use indexmap::IndexMap;

use super::options::Adapter;
use crate::jinja::{Error, MacroUnit, QuickMap};

/// The name of dbt's own package, and the namespace in which all that dbt brings is found.
pub(crate) const DBT: &str = "dbt";

/// One macro, test or materialization.
#[derive(Debug)]
pub(crate) struct Macro {
    pub(crate) unique_id: String,
    /// `test_unique` for a test; `materialization_table_default` for a materialization.
    pub(crate) name: String,
    pub(crate) package: String,
    /// Path of its file from the tree's root; below dbt's own folder for those.
    pub(crate) path: String,
    /// The text of its block, or why that is no template.
    pub(crate) unit: Result<MacroUnit, Error>,
}

/// A place in [`Macros`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MacroIndex(usize);

/// All macros, by package and name.
#[derive(Debug)]
pub(crate) struct Macros {
    root: String,
    adapter: Adapter,
    all: Vec<Macro>,
    /// Packages of the project, the root among them.
    packages: QuickMap<String, QuickMap<String, MacroIndex>>,
    /// dbt's own and the adapter's, the adapter's nearest first.
    internal: QuickMap<String, MacroIndex>,
    /// `dispatch:` of the root project.
    dispatch: IndexMap<String, Vec<String>>,
    /// Names of all projects that are there, dbt's own too.
    known_packages: Vec<String>,
}

impl Macros {
    /// dbt's own macros, those of the projects to be added.
    pub(crate) fn new(root: &str, adapter: Adapter, dispatch: IndexMap<String, Vec<String>>) -> Self {
        let known_packages = vec![root.to_owned(), DBT.to_owned()];
        let mut macros = Self { root: root.to_owned(), dispatch, known_packages, ..Self::empty(adapter) };
        add_builtins(&mut macros);
        macros
    }

    /// No macros at all: what `dbt_project.yml` is rendered with.
    pub(crate) fn empty(adapter: Adapter) -> Self {
        Self {
            root: String::new(),
            adapter,
            all: Vec::new(),
            packages: QuickMap::default(),
            internal: QuickMap::default(),
            dispatch: IndexMap::new(),
            known_packages: Vec::new(),
        }
    }

    pub(crate) fn get(&self, index: MacroIndex) -> &Macro {
        #[expect(clippy::indexing_slicing, reason = "an index is only made by `push`, and nothing is taken out")]
        &self.all[index.0]
    }

    /// Says that a package is there, even if it has no macros.
    pub(crate) fn know_package(&mut self, name: &str) {
        if !self.known_packages.iter().any(|known| known == name) {
            self.known_packages.push(name.to_owned());
        }
        self.packages.entry(name.to_owned()).or_default();
    }

    /// Adds a project's macro; gives back the one that has its name already.
    pub(crate) fn add(&mut self, added: Macro) -> Option<&Macro> {
        let names = self.packages.entry(added.package.clone()).or_default();
        if let Some(index) = names.get(&added.name) {
            return self.all.get(index.0);
        }
        names.insert(added.name.clone(), MacroIndex(self.all.len()));
        self.all.push(added);
        None
    }

    /// Adds one of dbt's own; the first of a name holds.
    fn add_internal(&mut self, added: Macro) {
        let index = MacroIndex(self.all.len());
        self.internal.entry(added.name.clone()).or_insert(index);
        self.all.push(added);
    }

    /// How many macros the projects have, dbt's own not counted.
    pub(crate) fn project_macros(&self) -> usize {
        self.packages.values().map(QuickMap::len).sum()
    }
}
