//! What a server or the wire said, as an error: SQLSTATE before words, since words come in the server's language.

use std::error::Error as _;

use tokio_postgres::error::{DbError, ErrorPosition};

use super::super::error::{Refusal, SourceError};
use crate::problem::{Area, Code, clean_line};

/// An error of setting up a session.
pub(super) fn of_entry(error: &tokio_postgres::Error, place: &str) -> SourceError {
    if let Some(server) = error.as_db_error() {
        return of_server(server);
    }
    let raw = chain(error);
    let shown = error.to_string();
    if raw.contains("server does not support TLS") {
        return coded("RS-SSL-OFF", &raw);
    }
    if shown.starts_with("error performing TLS handshake") {
        return SourceError::Security { place: place.to_owned(), raw };
    }
    if shown.starts_with("invalid configuration: password missing") || raw.contains("password missing") {
        return SourceError::Setting {
            setting: "password",
            words: "is not set, and the server asks for one".to_owned(),
        };
    }
    // Certificates are looked at after the handshake has begun; its end may come as a broken stream.
    if raw.contains("certificate") || raw.contains("received fatal alert") {
        return SourceError::Security { place: place.to_owned(), raw };
    }
    if error.is_closed() || raw.contains("unexpected end of file") || raw.contains("reset by peer") {
        return SourceError::Cut { raw };
    }
    SourceError::Answer { raw }
}

/// An error of a query.
pub(super) fn of_query(error: &tokio_postgres::Error) -> SourceError {
    match error.as_db_error() {
        Some(server) => of_server(server),
        None if error.is_closed() || error.to_string().starts_with("error communicating") => {
            SourceError::Cut { raw: chain(error) }
        }
        None => SourceError::Answer { raw: chain(error) },
    }
}

fn of_server(error: &DbError) -> SourceError {
    let (state, message) = (error.code().code(), clean_line(error.message()));
    if state == "42601" && message.contains("cannot insert multiple commands") {
        return SourceError::ManyStatements;
    }
    let is_ending = matches!(state, "57P01" | "57P02" | "57P05") || state.starts_with("08");
    let mut raw = format!("{}: {} (SQLSTATE {state})", error.severity(), error.message());
    for (label, words) in [("DETAIL", error.detail()), ("HINT", error.hint()), ("WHERE", error.where_())] {
        if let Some(words) = words {
            raw = format!("{raw}\n{label}: {words}");
        }
    }
    if is_ending {
        return SourceError::Cut { raw };
    }
    let position = match error.position() {
        Some(ErrorPosition::Original(at)) => usize::try_from(*at).ok(),
        _ => None,
    };
    let code = code_of(state).map(Code::new);
    SourceError::refused(Refusal { area: Some(Area::Postgres), code, raw, message, position })
}

/// The code of an SQLSTATE that has one meaning here. What has several is compared by its words.
fn code_of(state: &str) -> Option<&'static str> {
    Some(match state {
        "28P01" => "PG-AUTH",
        "3D000" => "PG-DB-MISSING",
        "3F000" => "PG-SCHEMA-MISSING",
        "42P01" => "PG-RELATION-MISSING",
        "42703" => "PG-COLUMN-MISSING",
        "42501" => "PG-PERMISSION",
        "25006" => "PG-READ-ONLY",
        "53300" => "PG-TOO-MANY",
        "57P03" => "PG-STARTING",
        "57014" => "PG-TIMEOUT",
        "22021" => "PG-ENCODING",
        _ => return None,
    })
}

/// Whether a refusal is about the database and not about who we are.
pub(super) fn is_of_database(refusal: &Refusal) -> bool {
    let code = refusal.code.as_ref().map(Code::as_str);
    matches!(code, Some("PG-DB-MISSING" | "PG-PERMISSION" | "PG-STARTING" | "PG-TOO-MANY"))
}

/// A server of the other kind than the settings say.
pub(super) fn other_server(version: &str, redshift: bool) -> SourceError {
    let (wanted, found) = if redshift { ("redshift", "postgres") } else { ("postgres", "redshift") };
    let words = format!("is {wanted}, and the server is {found}: {}", clean_line(version));
    if redshift {
        coded("RS-ENCODE", &format!("type {words}"))
    } else {
        SourceError::Setting { setting: "type", words }
    }
}

fn coded(code: &'static str, raw: &str) -> SourceError {
    let (code, message) = (Some(Code::new(code)), clean_line(raw));
    SourceError::refused(Refusal { area: Some(Area::Postgres), code, raw: raw.to_owned(), message, position: None })
}

/// An error with all of its causes.
fn chain(error: &tokio_postgres::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_words = inner.to_string();
        if !words.contains(&inner_words) {
            words = format!("{words}: {inner_words}");
        }
        cause = inner.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_catalogue() {
        let catalogue = crate::problem::Catalogue::builtin();
        for state in ["28P01", "3D000", "3F000", "42P01", "42703", "42501", "25006", "53300", "57P03", "57014", "22021"]
        {
            let code = code_of(state).unwrap();
            assert!(catalogue.entry(&Code::new(code)).is_some(), "{code}");
        }
        assert_eq!(code_of("42601"), None);
    }
}
