//! What mends a problem, as data: a grade and an action. Carried out by the engine, never here.

use serde::{Deserialize, Serialize};

use super::clean::{clean, clean_line};

/// How far the program may go by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Fetch the packages of a dbt project in a folder of this machine, then load it again.
    InstallPackages { project: String },
    /// Write a host's SSH key into the file of accepted ones, then sync the project again where one is named.
    TrustHost {
        host: String,
        /// The line of a `known_hosts` file.
        key: String,
        fingerprint: String,
        sync: Option<String>,
    },
    /// Text for a person to copy: a command, a page, a sentence to send to somebody.
    Copy { text: String },
    /// Open a file of this machine in `$EDITOR` at a line (1-based; 0 is the top).
    Open { file: String, line: u32 },
    /// Nothing to press: the title says it all.
    Read,
}

impl Fix {
    /// The title, and words to copy, are cleaned: both may quote a repository or a server.
    pub fn new(title: impl AsRef<str>, grade: Grade, action: Action) -> Self {
        let action = match action {
            Action::Copy { text } => Action::Copy { text: clean(&text).into_owned() },
            other => other,
        };
        Self { title: clean_line(title.as_ref()), grade, action }
    }

    /// Words alone, for a person.
    pub fn read(title: impl AsRef<str>) -> Self {
        Self::new(title, Grade::Show, Action::Read)
    }

    /// Words, and a command or an address to copy.
    pub fn copy(title: impl AsRef<str>, text: impl Into<String>) -> Self {
        Self::new(title, Grade::Show, Action::Copy { text: text.into() })
    }

    /// Sets a key of a project to a text and, when `sync` says so, syncs it again.
    pub fn set_project_key(
        title: impl AsRef<str>,
        grade: Grade,
        project: &str,
        key: &str,
        value: &str,
        sync: bool,
    ) -> Self {
        let action = Action::Set {
            key: format!("projects.{}.{key}", key_part(project)),
            value: quoted(value),
            sync: sync.then(|| project.to_owned()),
        };
        Self::new(title, grade, action)
    }
}

/// One part of a dotted TOML key, quoted where TOML wants it.
pub fn key_part(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { quoted(name) }
}

/// A text as a TOML basic string, on one line whatever is in it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            _ if c.is_control() => quoted.extend(format!("\\u{:04x}", c as u32).chars()),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_need_quotes_get_them() {
        for (name, part) in [("shop", "shop"), ("my shop", "\"my shop\""), ("", "\"\""), ("a.b", "\"a.b\"")] {
            assert_eq!(key_part(name), part);
        }
    }

    #[test]
    fn a_set_value_is_toml() {
        let fix = Fix::set_project_key("Set it", Grade::Safe, "shop", "branch", "a\"b\n\u{1b}", true);
        let Action::Set { key, value, sync } = fix.action else { panic!("{fix:?}") };
        assert_eq!((key.as_str(), sync.as_deref()), ("projects.shop.branch", Some("shop")));
        let table: toml::Table = toml::from_str(&format!("value = {value}")).unwrap();
        assert_eq!(table["value"].as_str(), Some("a\"b\n\u{1b}"));
    }

    #[test]
    fn titles_and_copied_words_are_cleaned() {
        let fix = Fix::copy("Run\nthis\u{1b}[2J", "rm \u{1b}]0;x\u{7}y");
        assert_eq!((fix.title.as_str(), &fix.action), ("Run this", &Action::Copy { text: "rm y".to_owned() }));
    }
}
