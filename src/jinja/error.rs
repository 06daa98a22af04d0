//! What went wrong in a template, in Jinja2's or Python's own words, and where.

use std::fmt;

use thiserror::Error;

/// A place in a template's source (after `\r\n` has become `\n`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// From 1; 0 means that the place is not known.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// Byte offsets of the text.
    pub start: u32,
    pub end: u32,
}

/// What kind of failure it is. Most are named for the Python exception that dbt would show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The source is not a Jinja template.
    Syntax,
    /// A value was used that is not there.
    Undefined,
    Type,
    Value,
    Key,
    Index,
    Attribute,
    ZeroDivision,
    Overflow,
    /// What the sandbox refuses.
    Security,
    /// One of [`super::Limits`] was reached.
    Limit,
    /// `exceptions.raise_compiler_error` and its like.
    Raised,
    /// `return(value)` on its way out of a macro; never seen outside of an interpreter.
    Return,
    /// The caller's flag said stop.
    Cancelled,
    Other,
}

impl ErrorKind {
    /// The name of Python's (or Jinja2's) exception of this kind.
    pub fn python_name(self) -> &'static str {
        match self {
            Self::Syntax => "TemplateSyntaxError",
            Self::Undefined => "UndefinedError",
            Self::Type => "TypeError",
            Self::Value => "ValueError",
            Self::Key => "KeyError",
            Self::Index => "IndexError",
            Self::Attribute => "AttributeError",
            Self::ZeroDivision => "ZeroDivisionError",
            Self::Overflow => "OverflowError",
            Self::Security => "SecurityError",
            Self::Limit => "LimitError",
            Self::Raised => "CompilationError",
            Self::Return => "ReturnException",
            Self::Cancelled => "Cancelled",
            Self::Other => "Exception",
        }
    }
}

/// One macro (or template) that was running when an error was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Name of the macro or template.
    pub name: String,
    /// Path of its file.
    pub path: String,
    /// Where in its text.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    message: String,
    frames: Vec<Frame>,
    span: Span,
}

/// A failure. The message is Jinja2's or Python's own.
#[derive(Clone, Error, PartialEq, Eq)]
pub struct Error(Box<Details>);

impl Error {
    /// An error without a place; the interpreter adds the place where it was raised.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Details { kind, message: message.into(), frames: Vec::new(), span: Span::default() }))
    }

    /// Python's `TypeError`.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Type, message)
    }

    /// Python's `ValueError`.
    pub fn value_error(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    /// Jinja2's `UndefinedError`.
    pub fn undefined(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Undefined, message)
    }

    /// An error that the template raised on purpose.
    pub fn raised(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Raised, message)
    }

    /// A limit that was reached: says which, and how much is allowed.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Limit, message)
    }

    pub(super) fn syntax(message: impl Into<String>, span: Span) -> Self {
        Self::new(ErrorKind::Syntax, message).at(span)
    }

    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The sentence alone, without place and kind.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The running macros and templates, innermost first; empty until the error has left one.
    pub fn frames(&self) -> &[Frame] {
        &self.0.frames
    }

    /// The innermost template or macro.
    pub fn template(&self) -> Option<&str> {
        self.0.frames.first().map(|frame| frame.name.as_str())
    }

    /// The place in the innermost template.
    pub fn span(&self) -> Span {
        self.0.frames.first().map_or(self.0.span, |frame| frame.span)
    }

    /// Line in the innermost template, from 1; 0 when it is not known.
    pub fn line(&self) -> u32 {
        self.span().line
    }

    /// Column in the innermost template, in characters from 1; 0 when it is not known.
    pub fn column(&self) -> u32 {
        self.span().column
    }

    /// Sets the place, unless a narrower one is known already.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        if self.0.span.line == 0 {
            self.0.span = span;
        }
        self
    }

    /// The error leaves a macro or template: the place found so far is in it.
    #[must_use]
    pub(super) fn leave(mut self, name: &str, path: &str) -> Self {
        let span = std::mem::take(&mut self.0.span);
        self.0.frames.push(Frame { name: name.to_owned(), path: path.to_owned(), span });
        self
    }

    /// The same failure in other words.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = self.span();
        write!(formatter, "{}: {}", self.kind().python_name(), self.message())?;
        if span.line > 0 {
            write!(formatter, " ({}:{}:{})", self.template().unwrap_or(""), span.line, span.column)?;
        }
        Ok(())
    }
}
