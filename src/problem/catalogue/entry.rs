//! A row of the catalogue, as `assets/problems/*.toml` writes it.

use serde::Deserialize;

use super::super::fix::{Action, Fix, Grade, key_part};
use super::super::value::{Code, Problem, Severity, Subject};

/// What is known of one code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub code: Code,
    /// One line, plain words, without a final full stop.
    pub title: String,
    #[serde(default = "Entry::default_severity")]
    pub severity: Severity,
    /// Regular expressions, case-insensitive and unanchored; any of them recognises the problem in
    /// another program's words. Empty where only this program raises it.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// The message as it is met in the wild, names and addresses replaced.
    #[serde(default)]
    pub sample: String,
    /// Why it happens.
    pub cause: String,
    /// How to see it for oneself.
    #[serde(default)]
    pub see: String,
    /// What mends it, the best first.
    pub fixes: Vec<Advice>,
}

/// One piece of advice of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// `safe` and `ask`: the program offers it by itself as soon as it knows the values; `show`: a
    /// person does it.
    pub grade: Grade,
    /// An imperative.
    pub text: String,
    /// A command or an address worth copying.
    pub copy: Option<String>,
}

/// A whole file of `assets/problems/`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) problem: Vec<Entry>,
}

impl Entry {
    /// A problem of this kind, with the entry's severity and its title for a summary.
    pub fn problem(&self, subject: Subject) -> Problem {
        Problem::new(self.code.clone(), subject, self.title.as_str()).with_severity(self.severity)
    }

    fn default_severity() -> Severity {
        Severity::Error
    }
}

impl Advice {
    /// The advice as a fix that a person carries out. `NAME` in it becomes the subject's own name.
    pub(super) fn to_fix(&self, subject: &Subject) -> Fix {
        let action = match &self.copy {
            Some(copy) => Action::Copy { text: named(copy, subject) },
            None => Action::Read,
        };
        Fix::new(named(&self.text, subject), Grade::Show, action)
    }
}

/// Catalogue texts say `projects.NAME`, `git.NAME` and `ebb sync NAME`; for a known subject they
/// say its name.
fn named(text: &str, subject: &Subject) -> String {
    let text = match subject.project() {
        Some(project) => text
            .replace("projects.NAME", &format!("projects.{}", key_part(project)))
            .replace("ebb sync NAME", &format!("ebb sync {project}")),
        None => text.to_owned(),
    };
    match subject {
        Subject::Connection { name } => text.replace("git.NAME", &format!("git.{}", key_part(name))),
        Subject::Source { name } => text.replace("sources.NAME", &format!("sources.{}", key_part(name))),
        _ => text,
    }
}
