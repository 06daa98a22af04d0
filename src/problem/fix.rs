//! What mends a problem, as data: a grade and an action. Carried out by the engine, never here.

use serde::{Deserialize, Serialize};

/// How far the program may go by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// One key applies it: harmless, shown before, can be undone.
    Safe,
    /// Shows what it will change and asks.
    Ask,
    /// Words or a command to copy; a person does it.
    Show,
}

/// One way to mend a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// An imperative: "Set project_path to transform/dbt_project.yml and sync again".
    pub title: String,
    pub grade: Grade,
    pub action: Action,
}

/// What a fix does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Set a key of `ebb.toml`, then sync the project again where one is named.
    Set {
        /// Dotted path, e.g. `projects.shop.project_path`.
        key: String,
        /// The value as TOML, e.g. `"transform/dbt_project.yml"` with its quotes.
        value: String,
        sync: Option<String>,
    },
    /// Run the project's sync again.
    Sync { project: String },
    /// Text for a person to copy: a command, a page, a sentence to send to somebody.
    Copy { text: String },
    /// Open a file of this machine in `$EDITOR` at a line (1-based; 0 is the top).
    Open { file: String, line: u32 },
    /// Nothing to press: the title says it all.
    Read,
}

impl Fix {
    pub fn new(title: impl Into<String>, grade: Grade, action: Action) -> Self {
        Self { title: title.into(), grade, action }
    }
}
