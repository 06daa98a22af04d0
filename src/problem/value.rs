//! The problem itself: code, subject, words, evidence, fixes. Plain data, no behaviour that reaches
//! outside.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::clean::{clean, clean_line};
use super::excerpt::Place;
use super::fix::Fix;

/// A stable code such as `DBT-PROJECT-PATH`. Codes never change meaning and are never reused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(Cow<'static, str>);

impl Code {
    /// A code known when the program was built.
    pub const fn new(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// A code read from the store or typed by a person.
    pub fn from_text(code: impl Into<String>) -> Self {
        Self(Cow::Owned(code.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// How much a problem hurts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The work went on and its result is whole; worth knowing.
    Notice,
    /// The work went on; something may not be what its author meant.
    Warning,
    /// The work, or this one model, failed.
    Error,
}

/// What a problem is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    Workspace,
    Store,
    Connection {
        name: String,
    },
    /// A warehouse.
    Source {
        name: String,
    },
    Project {
        name: String,
    },
    /// A node of a project by its dbt `unique_id`.
    Model {
        project: String,
        model: String,
    },
    /// A file of a project, by its path from the repository's root.
    File {
        project: String,
        path: String,
    },
}

impl Subject {
    /// The project that the subject belongs to, if it belongs to one.
    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Project { name } => Some(name),
            Self::Model { project, .. } | Self::File { project, .. } => Some(project),
            Self::Workspace | Self::Store | Self::Connection { .. } | Self::Source { .. } => None,
        }
    }
}

/// Something found on the spot that bears on the problem: a label and what was found, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub label: String,
    pub lines: Vec<String>,
}

impl Evidence {
    /// Label and lines are cleaned; each stays one line.
    pub fn new(label: impl AsRef<str>, lines: Vec<String>) -> Self {
        Self { label: clean_line(label.as_ref()), lines: lines.iter().map(|line| clean_line(line)).collect() }
    }
}

/// Something that failed, with its diagnosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: Code,
    pub severity: Severity,
    pub subject: Subject,
    /// What happened, one line, without a final full stop.
    pub summary: String,
    /// The failing tool's or server's own words, whole; empty where nobody else spoke.
    pub raw: String,
    /// The likely cause. Empty until [`super::Catalogue::describe`] or the failing module fills it.
    pub cause: String,
    /// Where in a file, where that is known.
    pub place: Option<Place>,
    pub evidence: Vec<Evidence>,
    pub fixes: Vec<Fix>,
}

impl Problem {
    /// An error about `subject`; the other parts are added with the `with_` methods. All of them
    /// clean what they are given, so that foreign words may stand anywhere in it.
    pub fn new(code: Code, subject: Subject, summary: impl AsRef<str>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            subject,
            summary: clean_line(summary.as_ref()),
            raw: String::new(),
            cause: String::new(),
            place: None,
            evidence: Vec::new(),
            fixes: Vec::new(),
        }
    }

    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    #[must_use]
    pub fn with_raw(mut self, raw: impl AsRef<str>) -> Self {
        clean(raw.as_ref()).trim_end().clone_into(&mut self.raw);
        self
    }

    #[must_use]
    pub fn with_cause(mut self, cause: impl AsRef<str>) -> Self {
        self.cause = clean(cause.as_ref()).into_owned();
        self
    }

    #[must_use]
    pub fn with_place(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    #[must_use]
    pub fn with_evidence(mut self, label: impl AsRef<str>, lines: Vec<String>) -> Self {
        self.evidence.push(Evidence::new(label, lines));
        self
    }

    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// The same failure of the same thing has the same key, however often and in whatever sync it
    /// is met: it is one problem with several occurrences.
    pub fn key(&self) -> String {
        let subject = match &self.subject {
            Subject::Workspace => "workspace".to_owned(),
            Subject::Store => "store".to_owned(),
            Subject::Connection { name } => format!("connection/{name}"),
            Subject::Source { name } => format!("source/{name}"),
            Subject::Project { name } => format!("project/{name}"),
            Subject::Model { project, model } => format!("project/{project}/model/{model}"),
            Subject::File { project, path } => format!("project/{project}/file/{path}"),
        };
        let place = self.place.as_ref().map(|place| place.file.as_str()).unwrap_or_default();
        format!("{}|{subject}|{place}", self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(summary: &str) -> Problem {
        Problem::new(Code::new("GIT-UNKNOWN"), Subject::Project { name: "shop".to_owned() }, summary)
    }

    #[test]
    fn foreign_words_are_cleaned_wherever_they_enter() {
        let foreign = "a\u{1b}[2Jb\u{202e}\nc";
        let problem = problem(foreign)
            .with_raw(format!("{foreign}\r\n"))
            .with_cause(foreign)
            .with_evidence(foreign, vec![foreign.to_owned()])
            .with_place(Place::in_text(foreign, "x\u{1b}y", 1, 2, 1));
        assert_eq!(problem.summary, "ab c");
        assert_eq!((problem.raw.as_str(), problem.cause.as_str()), ("ab\nc", "ab\nc"));
        assert_eq!(problem.evidence, [Evidence { label: "ab c".to_owned(), lines: vec!["ab c".to_owned()] }]);
        let place = problem.place.unwrap();
        assert_eq!((place.file.as_str(), place.excerpt.unwrap().lines.join("|")), ("ab c", "x�y".to_owned()));
    }

    #[test]
    fn the_same_failure_has_the_same_key_whatever_its_words() {
        assert_eq!(problem("once").key(), problem("twice").with_raw("other").key());
        let elsewhere = problem("once").with_place(Place::at("models/a.sql", 1, 1));
        assert_ne!(problem("once").key(), elsewhere.key());
    }
}
