//! What the nodes of each file looked at.

use crate::dbt::context::Uses;
use crate::jinja::QuickMap;

/// By the file's path from the tree's root.
#[derive(Debug, Default)]
pub(super) struct Footprints(QuickMap<String, Uses>);

impl Footprints {
    pub(super) fn add(&mut self, path: &str, uses: Uses) {
        if uses.is_empty() {
            return;
        }
        match self.0.get_mut(path) {
            Some(known) => known.extend(uses),
            None => {
                self.0.insert(path.to_owned(), uses);
            }
        }
    }

    pub(super) fn take(&mut self, path: &str) -> Uses {
        self.0.remove(path).unwrap_or_default()
    }

    /// Names of all environment variables that were asked for.
    pub(super) fn env(&self) -> impl Iterator<Item = &String> {
        self.0.values().flat_map(|uses| &uses.env)
    }
}
