//! Which macro a name means: by the node's package, by namespace, by `adapter.dispatch`.

use thiserror::Error;

use super::{DBT, MacroIndex, Macros};
use crate::dbt::relation::dispatch_prefixes;

/// The macros that name a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GenerateName {
    Database,
    Schema,
    Alias,
}

impl GenerateName {
    pub(crate) fn macro_name(self) -> &'static str {
        match self {
            Self::Database => "generate_database_name",
            Self::Schema => "generate_schema_name",
            Self::Alias => "generate_alias_name",
        }
    }
}

/// A dispatch that found nothing, in dbt's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum DispatchError {
    #[error("In dispatch: No macro named '{name}' found within namespace: '{namespace}'\n    Searched for: {attempts}")]
    NotFound { name: String, namespace: String, attempts: String },
    #[error(
        "In adapter.dispatch, got a macro name of \"{namespace}.{name}\", but \".\" is not a valid macro name component. Did you mean `adapter.dispatch(\"{name}\", macro_namespace=\"{namespace}\")`?"
    )]
    NameWithDot { namespace: String, name: String },
}

impl Macros {
    /// What a plain name means in a node of `package`: its own, the root's, dbt's.
    pub(crate) fn find(&self, package: &str, name: &str) -> Option<MacroIndex> {
        let in_package = |package: &str| self.packages.get(package)?.get(name).copied();
        let in_root = || if package == self.root { None } else { in_package(&self.root) };
        in_package(package).or_else(in_root).or_else(|| self.internal.get(name).copied())
    }

    /// Whether a project has a macro of this name itself.
    pub(crate) fn has(&self, package: &str, name: &str) -> bool {
        self.packages.get(package).is_some_and(|macros| macros.contains_key(name))
    }

    /// What `namespace.name` means.
    pub(crate) fn find_in(&self, namespace: &str, name: &str) -> Option<MacroIndex> {
        if namespace == DBT {
            return self.internal.get(name).copied();
        }
        self.packages.get(namespace)?.get(name).copied()
    }

    /// Whether a name is a namespace of macros.
    pub(crate) fn is_namespace(&self, name: &str) -> bool {
        name == DBT || self.packages.contains_key(name)
    }

    /// The macro that names a node: the package's own for a node of a package, then the root's, then
    /// dbt's.
    pub(crate) fn find_generate_name(&self, which: GenerateName, package: &str) -> Option<MacroIndex> {
        self.find(package, which.macro_name())
    }

    /// The macro of a generic test in a YAML file of `package`: its own, the root's, any package's,
    /// dbt's.
    pub(crate) fn find_test(&self, package: &str, test: &str) -> Option<MacroIndex> {
        let name = format!("test_{test}");
        let in_package = |package: &str| self.packages.get(package)?.get(&name).copied();
        let in_any = || self.known_packages.iter().rev().find_map(|package| in_package(package));
        in_package(package)
            .or_else(|| in_package(&self.root))
            .or_else(in_any)
            .or_else(|| self.internal.get(&name).copied())
    }

    /// The names that a dispatch looks for, the nearest first.
    pub(crate) fn dispatch_names(&self, name: &str) -> Vec<String> {
        dispatch_prefixes(self.adapter).iter().map(|prefix| format!("{prefix}__{name}")).collect()
    }

    /// `adapter.dispatch(name, namespace)` in a node of `package`.
    pub(crate) fn dispatch(
        &self,
        package: &str,
        name: &str,
        namespace: Option<&str>,
    ) -> Result<MacroIndex, DispatchError> {
        if let Some((namespace, name)) = name.split_once('.') {
            return Err(DispatchError::NameWithDot { namespace: namespace.to_owned(), name: name.to_owned() });
        }
        let is_known = |package: &str| self.known_packages.iter().any(|known| known == package);
        let configured = namespace.and_then(|namespace| self.dispatch.get(namespace)).filter(|order| !order.is_empty());
        let places: Vec<Option<&str>> = match (namespace, configured) {
            (Some(_), Some(order)) => order.iter().map(|place| Some(place.as_str())).collect(),
            (Some(namespace), None) if is_known(namespace) => vec![Some(self.root.as_str()), Some(namespace)],
            _ => vec![None],
        };
        let searched = self.dispatch_names(name);
        for place in &places {
            let found = searched.iter().find_map(|searched| match place {
                None => self.find(package, searched),
                Some(place) => self.find_in(place, searched),
            });
            if let Some(found) = found {
                return Ok(found);
            }
        }
        let shown = |place: Option<&str>, searched: &String| match place {
            None => format!("'{searched}'"),
            Some(place) => format!("'{place}.{searched}'"),
        };
        let attempts: Vec<String> =
            places.iter().flat_map(|place| searched.iter().map(move |searched| shown(*place, searched))).collect();
        let namespace = namespace.unwrap_or("None").to_owned();
        Err(DispatchError::NotFound { name: name.to_owned(), namespace, attempts: attempts.join(", ") })
    }
}
