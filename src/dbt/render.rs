//! What the other parts of this engine need of templates: text in YAML files rendered to values, and
//! what went wrong there. How it is done is the business of `context`.

use serde_json::Value;

use crate::problem::Code;

/// Where in a YAML file a value stands, as keys from the top.
pub(crate) type KeyPath = Vec<String>;

/// A template that failed: a code of ours and dbt's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateError {
    pub(crate) code: Code,
    pub(crate) message: String,
}

/// Renders a text in dbt's native mode: `"{{ 1 + 1 }}"` is a number, `"a{{ 1 }}"` a text.
pub(crate) trait NativeRenderer {
    fn render(&self, text: &str) -> Result<Value, TemplateError>;
}
