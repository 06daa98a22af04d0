//! From a template's error to a problem: its code, dbt's words, the place.

use super::Record;
use crate::dbt::problems::codes;
use crate::jinja::{Error, ErrorKind};
use crate::problem::Code;

/// A template that failed, in dbt's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// In the node's own text, from 1; 0 where it is not known.
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// The macros that were running, innermost first: `macro m (macros/m.sql:3)`.
    pub(crate) stack: Vec<String>,
}

/// What went wrong, and with which code.
pub(super) fn explain(error: &Error, record: &Record) -> Failure {
    let code = record.code_of(error).unwrap_or_else(|| code_of_kind(error.kind()));
    let message = match error.kind() {
        ErrorKind::Undefined => format!(
            "{}. This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies with \"dbt deps\".",
            error.message()
        ),
        _ => error.message().to_owned(),
    };
    // A macro that gave up after it was told that a relation is not there has not been told the truth.
    let (code, message) = match record.asked() {
        Some(method) if code == codes::COMPILE && error.kind() == ErrorKind::Raised => {
            (codes::NEEDS_WAREHOUSE, format!("{}. {message}", needs_warehouse(&method)))
        }
        _ => (code, message),
    };
    let message = shortened(message);
    // The outermost frame is the node's own text; those before it are macros.
    let place = error.frames().last().map_or_else(|| error.span(), |frame| frame.span);
    let macros = error.frames().split_last().map(|(_, macros)| macros).unwrap_or_default();
    let stack =
        macros.iter().map(|frame| format!("macro {} ({}:{})", frame.name, frame.path, frame.span.line)).collect();
    Failure { code, message, line: place.line, column: place.column, stack }
}

/// Why a node can't be compiled without a warehouse.
pub(super) fn needs_warehouse(method: &str) -> String {
    format!("This needs the warehouse: adapter.{method}() asks it, and the project was loaded without one")
}

/// Longest sentence of a failure, in bytes: a template may raise one of any length.
const SENTENCE: usize = 16 << 10;

fn shortened(mut message: String) -> String {
    let left_out = message.len().saturating_sub(SENTENCE);
    if left_out > 0 {
        let end = (0..=SENTENCE).rev().find(|end| message.is_char_boundary(*end)).unwrap_or_default();
        message.truncate(end);
        return format!("{message}… ({left_out} bytes more)");
    }
    message
}

fn code_of_kind(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::Syntax => codes::JINJA_SYNTAX,
        ErrorKind::Undefined => codes::MACRO_UNDEFINED,
        ErrorKind::Limit => codes::JINJA_LIMIT,
        ErrorKind::Type
        | ErrorKind::Value
        | ErrorKind::Key
        | ErrorKind::Index
        | ErrorKind::Attribute
        | ErrorKind::ZeroDivision
        | ErrorKind::Overflow
        | ErrorKind::Security
        | ErrorKind::Raised
        | ErrorKind::Return
        | ErrorKind::Cancelled
        | ErrorKind::Other => codes::COMPILE,
    }
}
