//! Mistakes in the configuration, and how they become problems: place, words, what was expected,
//! what to do.

use crate::problem::{Action, Code, Fix, Grade, Problem, Severity, Subject};

use super::source::SourceText;
use super::tree::Origin;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    UnknownKey,
    MissingKey,
    Type,
    Reference,
    SecretLiteral,
    /// A variable `EBB_…` that means nothing.
    Variable,
    /// A variable or a `--set` that can't be laid over the file.
    Overlay,
}

/// One mistake, with where it was made.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    pub(super) kind: Kind,
    pub(super) origin: Origin,
    /// One line, without a final full stop.
    pub(super) summary: String,
    /// What was expected, or why it matters.
    pub(super) expected: String,
    /// An imperative.
    pub(super) fix: String,
}

impl Mistake {
    /// Odd, and yet no obstacle. A flag is what somebody wants right now: it is never passed over.
    pub(super) fn is_warning(&self) -> bool {
        matches!(self.kind, Kind::UnknownKey | Kind::Variable) && !matches!(self.origin, Origin::Flag(_))
    }

    /// The stretch of the file that must not be shown.
    pub(super) fn hides(&self) -> Option<std::ops::Range<usize>> {
        match (&self.kind, &self.origin) {
            (Kind::SecretLiteral, Origin::File(span)) => Some(span.clone()),
            _ => None,
        }
    }

    pub(super) fn into_problem(self, source: &SourceText) -> Problem {
        let severity = if self.is_warning() { Severity::Warning } else { Severity::Error };
        let code = match (self.kind, &self.origin) {
            (Kind::SecretLiteral, _) => "CONFIG-SECRET-LITERAL",
            (_, Origin::Variable(_)) => "CONFIG-ENV",
            (_, Origin::Flag(_)) => "CONFIG-FLAG",
            (Kind::UnknownKey, _) => "CONFIG-UNKNOWN-KEY",
            (Kind::MissingKey, _) => "CONFIG-MISSING-KEY",
            (Kind::Reference, _) => "CONFIG-REFERENCE",
            (Kind::Type | Kind::Variable | Kind::Overlay, _) => "CONFIG-TYPE",
        };
        let said = match &self.origin {
            Origin::File(_) => self.summary,
            Origin::Variable(name) => format!("{name}: {}", self.summary),
            Origin::Flag(key) => format!("--set {key}: {}", self.summary),
        };
        let problem =
            Problem::new(Code::new(code), Subject::Workspace, said).with_severity(severity).with_cause(self.expected);
        match self.origin {
            Origin::File(span) => {
                let place = source.place(span);
                let open = Action::Open { file: place.file.clone(), line: place.line };
                problem.with_place(place).with_fix(Fix::new(self.fix, Grade::Show, open))
            }
            Origin::Variable(_) | Origin::Flag(_) => problem.with_fix(Fix::new(self.fix, Grade::Show, Action::Read)),
        }
    }
}
