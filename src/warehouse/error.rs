//! Why a warehouse did not do what it was asked, as values. The code of the problem is decided here where the
//! error's kind tells it; where only the server's words do, the catalogue compares them.

use std::time::Duration;

use thiserror::Error;

use crate::problem::{Area, Code};

/// What went wrong. None of these holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// A setting that this connection needs is missing or can't be used.
    #[error("{setting} {words}")]
    Setting { setting: &'static str, words: String },
    /// The host has no address.
    #[error("the name {host} is not known")]
    UnknownHost { host: String, raw: String },
    /// Nobody answers there.
    #[error("{place} can't be reached: {raw}")]
    Unreachable { place: String, raw: String },
    /// TLS does not come about.
    #[error("{place} does not prove who it is: {raw}")]
    Security { place: String, raw: String },
    /// The server was reached, and refused.
    #[error("{}", .0.message)]
    Refused(Box<Refusal>),
    /// Nothing was heard in time; what ran there was told to stop.
    #[error("the warehouse gave no answer within {} s", after.as_secs())]
    TimedOut { after: Duration },
    /// A person or the program stopped it; what ran there was told to stop.
    #[error("it was cancelled")]
    Cancelled,
    /// The connection ended before the answer did.
    #[error("the connection to the warehouse was cut: {raw}")]
    Cut { raw: String },
    /// One query is a single statement.
    #[error("the query contains more than one statement")]
    ManyStatements,
    /// There is no statement in it.
    #[error("the query is empty")]
    NoStatement,
    /// The answer is not what this kind of server gives.
    #[error("the warehouse's answer could not be read: {raw}")]
    Answer { raw: String },
    /// A library that is opened while the program runs is not on this machine.
    #[error("{library} could not be opened: {raw}")]
    Library { library: String, raw: String },
    /// It would read more bytes, which are paid for, than it may.
    #[error("it would read {} of data, which is paid for", in_units(*bytes))]
    Costs { bytes: u64 },
    /// The warehouse has no way to do this.
    #[error("{what} is not to be had from this kind of warehouse")]
    NotOffered { what: &'static str },
}

/// What a server said when it refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The class of words that the catalogue compares with.
    pub area: Option<Area>,
    /// A code of ours, where the server's own code says which it is.
    pub code: Option<Code>,
    /// The server's own words, whole, with its code.
    pub raw: String,
    /// The words alone, one line.
    pub message: String,
    /// Where in the statement, in characters from 1.
    pub position: Option<usize>,
}

impl SourceError {
    /// The refusal of a server.
    pub fn refused(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }

    /// The problem's code, where the error alone tells it.
    pub fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Refused(refusal) => return refusal.code.clone(),
            Self::Setting { .. } => Code::new("SOURCE-SETTING"),
            Self::UnknownHost { .. } => Code::new("SOURCE-DNS"),
            Self::Unreachable { .. } => Code::new("SOURCE-CONNECT"),
            Self::Security { .. } => Code::new("SOURCE-TLS"),
            Self::TimedOut { .. } => Code::new("SOURCE-TIMEOUT"),
            Self::Cancelled => Code::new("SOURCE-CANCELLED"),
            Self::Cut { .. } => Code::new("SOURCE-CUT"),
            Self::ManyStatements | Self::NoStatement => Code::new("RETL-MULTI-STATEMENT"),
            Self::Answer { .. } => Code::new("SOURCE-ANSWER"),
            Self::Library { .. } => Code::new("SOURCE-LIBRARY"),
            Self::Costs { .. } => Code::new("SOURCE-COST"),
            Self::NotOffered { .. } => Code::new("SOURCE-NOT-OFFERED"),
        })
    }

    /// The words of the server or of the machine, whole; empty where nobody else spoke.
    pub fn raw(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.raw,
            Self::UnknownHost { raw, .. }
            | Self::Unreachable { raw, .. }
            | Self::Security { raw, .. }
            | Self::Cut { raw }
            | Self::Answer { raw }
            | Self::Library { raw, .. } => raw,
            Self::Setting { .. }
            | Self::TimedOut { .. }
            | Self::Cancelled
            | Self::ManyStatements
            | Self::NoStatement
            | Self::Costs { .. }
            | Self::NotOffered { .. } => "",
        }
    }

    /// Whose words they are, for the catalogue.
    pub fn area(&self) -> Option<Area> {
        match self {
            Self::Refused(refusal) => refusal.area,
            _ => None,
        }
    }
}

/// Bytes in the unit in which a person thinks of them.
fn in_units(bytes: u64) -> String {
    let (mut amount, mut unit) = (bytes as f64, "B");
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        if amount < 1_000.0 {
            break;
        }
        (amount, unit) = (amount / 1_000.0, next);
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{amount:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_their_unit() {
        let told = [0, 999, 1_000, 1_536_000, 12_000_000_000, u64::MAX].map(in_units);
        assert_eq!(told, ["0 B", "999 B", "1.0 kB", "1.5 MB", "12.0 GB", "18446.7 PB"]);
    }

    #[test]
    fn every_code_is_in_the_catalogue() {
        let (raw, words) = (String::new(), String::new());
        let errors = [
            SourceError::Setting { setting: "host", words },
            SourceError::UnknownHost { host: raw.clone(), raw: raw.clone() },
            SourceError::Unreachable { place: raw.clone(), raw: raw.clone() },
            SourceError::Security { place: raw.clone(), raw: raw.clone() },
            SourceError::TimedOut { after: Duration::from_secs(1) },
            SourceError::Cancelled,
            SourceError::Cut { raw: raw.clone() },
            SourceError::ManyStatements,
            SourceError::NoStatement,
            SourceError::Answer { raw: raw.clone() },
            SourceError::Library { library: raw.clone(), raw },
            SourceError::Costs { bytes: 1 },
            SourceError::NotOffered { what: "this" },
        ];
        let catalogue = crate::problem::Catalogue::builtin();
        for error in errors {
            let code = error.code().unwrap();
            assert!(catalogue.entry(&code).is_some(), "{code}");
        }
    }
}
