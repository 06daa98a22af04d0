//! New connections, sources and projects as changes: what differs from the default, nothing else.

use serde::Serialize;

use super::{Change, EditError, key};
use crate::workspace::settings::{Git, Project};
use crate::workspace::source::Source;

/// The changes that add a Git connection.
pub fn connection(name: &str, git: &Git) -> Result<Vec<Change>, EditError> {
    let plain = Git::of(git.provider, crate::workspace::Auth::default());
    additions(&["git", name], git, &plain, &["provider"])
}

/// The changes that add a source.
pub fn source(name: &str, source: &Source) -> Result<Vec<Change>, EditError> {
    let plain = Source { kind: source.kind, ..Source::default() };
    additions(&["sources", name], source, &plain, &["type"])
}

/// The changes that add a project.
pub fn project(name: &str, project: &Project) -> Result<Vec<Change>, EditError> {
    additions(&["projects", name], project, &Project::at(project.repository.clone()), &["repository"])
}

/// One change for each key whose value is not the plain one's, and for those that may not be left out.
fn additions<T: Serialize>(path: &[&str], new: &T, plain: &T, required: &[&str]) -> Result<Vec<Change>, EditError> {
    let table = |value: &T| {
        toml::Table::try_from(value).map_err(|error| EditError::Value { key: key(path), reason: error.to_string() })
    };
    let (new, plain) = (table(new)?, table(plain)?);
    let differing =
        new.into_iter().filter(|(name, value)| required.contains(&name.as_str()) || plain.get(name) != Some(value));
    Ok(differing
        .map(|(name, value)| Change::Set { key: key(&[path, &[name.as_str()]].concat()), value: value.to_string() })
        .collect())
}
