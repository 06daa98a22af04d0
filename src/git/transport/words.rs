//! The other side's own words, bounded, without secrets, written as `git` shows them.

use std::error::Error;

use super::super::error::{Obstacle, RemoteError};
use super::super::protocol::LONGEST_WORDS;

/// The server's refusal in a packet: `ERR reason`.
pub(super) fn refusal(packet: &[u8]) -> RemoteError {
    let reason = bounded(packet.get(4..).unwrap_or_default());
    RemoteError::Refused { status: None, raw: format!("fatal: remote error: {reason}") }
}

/// Bytes as text, at most [`LONGEST_WORDS`] of them.
pub(super) fn bounded(bytes: &[u8]) -> String {
    let kept = bytes.get(..LONGEST_WORDS).unwrap_or(bytes);
    String::from_utf8_lossy(kept).trim().to_owned()
}

/// Every line of `text` behind `remote: `.
pub(super) fn remote_lines(text: &str) -> String {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.fold(String::new(), |words, line| words + "remote: " + line + "\n")
}

/// `text` without any of `secrets`.
pub(in crate::git) fn without(text: &str, secrets: &[&str]) -> String {
    let kept = secrets.iter().filter(|secret| !secret.is_empty());
    kept.fold(text.to_owned(), |text, secret| text.replace(*secret, "…"))
}

/// An error and what caused it, outermost first.
pub(in crate::git) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !words.last().is_some_and(|last| last.contains(&said)) {
            words.push(said);
        }
        cause = inner.source();
    }
    words.join(": ")
}

/// What kept a connection from coming about, by the error's chain.
pub(in crate::git) fn obstacle(error: &(dyn Error + 'static)) -> Obstacle {
    if is_tls(error) {
        return Obstacle::Tls;
    }
    let words = chain(error);
    if words.contains("dns error") || words.contains("failed to lookup address") {
        Obstacle::Name
    } else if words.contains("proxy authorization required") {
        Obstacle::Proxy
    } else {
        Obstacle::Connection
    }
}

/// Whether TLS is somewhere in the chain. An `io::Error` keeps what it wraps apart from its source.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|wrapped| is_tls(wrapped)) || error.source().is_some_and(is_tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_written_as_git_shows_it() {
        let error = refusal(b"ERR upload-pack: not our ref 6f1d\n");
        assert_eq!(error.raw(), "fatal: remote error: upload-pack: not our ref 6f1d");
    }

    #[test]
    fn words_are_bounded_and_made_text() {
        assert_eq!(bounded(&vec![b'x'; 100_000]).len(), LONGEST_WORDS);
        assert_eq!(bounded(b" a\xff\n"), "a\u{fffd}");
        assert_eq!(remote_lines("one\r\n\ntwo"), "remote: one\nremote: two\n");
    }

    #[test]
    fn secrets_are_taken_out() {
        assert_eq!(without("token hunter2 is bad", &["hunter2", ""]), "token … is bad");
    }

    #[test]
    fn obstacles_are_told_apart() {
        let tls = std::io::Error::other(rustls::Error::DecryptError);
        assert_eq!(obstacle(&tls), Obstacle::Tls);
        let io = |words: &str| std::io::Error::other(words.to_owned());
        assert_eq!(obstacle(&io("dns error: nodename")), Obstacle::Name);
        assert_eq!(obstacle(&io("tunnel error: proxy authorization required")), Obstacle::Proxy);
        // A proxy that goes no further wants no password.
        assert_eq!(obstacle(&io("tunnel error: unsuccessful")), Obstacle::Connection);
        assert_eq!(obstacle(&io("Connection refused")), Obstacle::Connection);
    }
}
