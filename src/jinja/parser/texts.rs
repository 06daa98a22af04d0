//! The table of a template's texts, each once.

use std::sync::Arc;

use crate::jinja::ast::TextId;
use crate::jinja::quick::QuickIndexSet;

#[derive(Debug, Default)]
pub(super) struct Texts(QuickIndexSet<Arc<str>>);

impl Texts {
    pub(super) fn id(&mut self, text: &str) -> TextId {
        let index = self.0.get_index_of(text).unwrap_or_else(|| self.0.insert_full(text.into()).0);
        TextId(index as u32)
    }

    pub(super) fn get(&self, id: TextId) -> &str {
        self.0.get_index(id.0 as usize).map_or("", |text| text.as_ref())
    }

    pub(super) fn shared(&self, id: TextId) -> Arc<str> {
        self.0.get_index(id.0 as usize).map_or_else(|| "".into(), Arc::clone)
    }

    pub(super) fn into_table(self) -> Vec<Arc<str>> {
        self.0.into_iter().collect()
    }
}
