//! The other direction: a pack is handed over and one branch moved to what it brings. Version 0, which
//! is all that servers speak for it.

use super::super::error::RemoteError;
use super::ask::{AGENT, Features};
use super::packet::{Decoder, Message, Packet};
use super::refs::Refs;
use super::{LONGEST_WORDS, Session, Version, text};

/// The id that stands for no object.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// A branch to be moved.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Update<'a> {
    pub(in crate::git) branch: &'a str,
    /// Where it stands; the server refuses when that is no longer so. `None`: there is no such branch.
    pub(in crate::git) from: Option<&'a str>,
    pub(in crate::git) to: &'a str,
    /// The repository, for the words of a refusal.
    pub(in crate::git) address: &'a str,
}

impl Session {
    /// Hands `pack` over and moves the branch. What the server says against it is the error, written as
    /// `git push` shows it.
    pub(in crate::git) async fn push(&mut self, update: Update<'_>, pack: &[u8]) -> Result<(), RemoteError> {
        let Version::Zero { features, .. } = &self.version else {
            let raw = "the server answers a push in a version of the protocol that does not have it".to_owned();
            return Err(RemoteError::Refused { status: None, raw });
        };
        let (side_band, reports) = (features.side_band, features.report);
        let message = update.message(features, pack)?;
        self.connection.send(message).await?;
        let mut answer = Answer::default();
        loop {
            match self.connection.packet().await {
                Ok(Packet::Data(packet)) if side_band => answer.band(&packet)?,
                Ok(Packet::Data(packet)) => answer.line(&text(&packet)),
                Ok(Packet::Flush | Packet::Delimiter | Packet::End) => break,
                // A server that tells nothing may simply end.
                Err(RemoteError::Broken { .. }) if !reports => break,
                Err(RemoteError::Broken { raw }) => {
                    return Err(RemoteError::Broken { raw: format!("{}{raw}", answer.words) });
                }
                Err(error) => return Err(error),
            }
        }
        if reports { answer.verdict(update) } else { Ok(()) }
    }

    /// Where the branches stand, as the greeting of a push tells.
    pub(in crate::git) fn greeted(&self) -> Option<&Refs> {
        match &self.version {
            Version::Zero { refs, .. } => Some(refs),
            Version::Two(_) => None,
        }
    }
}

impl Update<'_> {
    fn message(&self, features: &Features, pack: &[u8]) -> Result<Message, RemoteError> {
        if !features.report {
            let raw = "the server does not tell what becomes of a push (report-status); it is too old".to_owned();
            return Err(RemoteError::Refused { status: None, raw });
        }
        let side_band = if features.side_band { " side-band-64k" } else { "" };
        let agent = if features.agent { format!(" {AGENT}") } else { String::new() };
        let (from, to, branch) = (self.from.unwrap_or(NOTHING), self.to, self.branch);
        let mut message = Message::default();
        message.bare(&format!("{from} {to} refs/heads/{branch}\0 report-status{side_band}{agent}")).flush().raw(pack);
        Ok(message)
    }

    /// The end of a refusal, as `git push` writes it.
    pub(in crate::git) fn refused(&self, words: &str, how: &str, reason: &str) -> RemoteError {
        let (branch, address) = (self.branch, self.address);
        let raw = format!(
            "{words} ! [{how}] {branch} -> {branch} ({reason})\nerror: failed to push some refs to '{address}'"
        );
        RemoteError::Refused { status: None, raw }
    }
}

/// What a server says after a push.
#[derive(Debug, Default)]
struct Answer {
    report: Decoder,
    lines: Vec<String>,
    /// Its words to people, each line behind `remote: `.
    words: String,
}

impl Answer {
    fn band(&mut self, packet: &[u8]) -> Result<(), RemoteError> {
        let (band, rest) = packet.split_first().unwrap_or((&1, &[]));
        match band {
            1 => {
                self.report.push(rest);
                while let Some(packet) = self.report.next()? {
                    if let Packet::Data(line) = packet {
                        self.line(&text(&line));
                    }
                }
                Ok(())
            }
            2 => {
                self.hear(rest);
                Ok(())
            }
            _ => {
                self.hear(rest);
                Err(RemoteError::Refused { status: None, raw: std::mem::take(&mut self.words) })
            }
        }
    }

    fn line(&mut self, line: &str) {
        // One branch was asked for: what is longer is no report.
        if self.lines.len() < 16 {
            self.lines.push(line.to_owned());
        }
    }

    fn hear(&mut self, words: &[u8]) {
        for line in text(words).lines().filter(|line| !line.trim().is_empty()) {
            if self.words.len() + line.len() < LONGEST_WORDS {
                self.words = format!("{}remote: {}\n", self.words, line.trim_end());
            }
        }
    }

    fn verdict(&self, update: Update<'_>) -> Result<(), RemoteError> {
        let reference = format!("refs/heads/{}", update.branch);
        let unpacked = self.lines.iter().find_map(|line| line.strip_prefix("unpack "));
        match unpacked {
            Some("ok") => {}
            Some(reason) => {
                let words = format!("{}error: remote unpack failed: {reason}\n", self.words);
                return Err(update.refused(&words, "remote rejected", "unpacker error"));
            }
            None => return Err(RemoteError::Broken { raw: format!("{}early EOF", self.words) }),
        }
        if self.lines.iter().any(|line| line.strip_prefix("ok ") == Some(reference.as_str())) {
            return Ok(());
        }
        let refusal = self.lines.iter().find_map(|line| line.strip_prefix("ng ")?.strip_prefix(reference.as_str()));
        Err(update.refused(&self.words, "remote rejected", refusal.unwrap_or("no report of the branch").trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPDATE: Update<'_> =
        Update { branch: "main", from: None, to: "1111111111111111111111111111111111111111", address: "https://g/s" };

    fn told(lines: &[&str], words: &str) -> Result<(), RemoteError> {
        let mut answer = Answer::default();
        answer.hear(words.as_bytes());
        for line in lines {
            answer.line(line);
        }
        answer.verdict(UPDATE)
    }

    #[test]
    fn a_report_is_understood() {
        assert!(told(&["unpack ok", "ok refs/heads/main"], "").is_ok());
        for (lines, expected) in [
            (
                &["unpack ok", "ng refs/heads/main protected branch hook declined"][..],
                "(protected branch hook declined)",
            ),
            (&["unpack index-pack failed", "ng refs/heads/main unpacker error"], "remote unpack failed: index-pack"),
            (&["unpack ok", "ok refs/heads/other"], "(no report of the branch)"),
            (&[], "early EOF"),
        ] {
            let error = told(lines, "GH006: no\n").unwrap_err();
            assert!(error.raw().contains(expected) && error.raw().starts_with("remote: GH006: no\n"), "{error}");
        }
    }

    #[test]
    fn a_report_in_a_band_is_taken_out_of_it() {
        let mut answer = Answer::default();
        for piece in [&b"\x01000eunpack ok\n00"[..], b"\x02hello\n", b"\x0117ok refs/heads/main\n0000"] {
            answer.band(piece).unwrap();
        }
        assert_eq!((answer.lines.len(), answer.words.as_str()), (2, "remote: hello\n"));
        assert!(answer.verdict(UPDATE).is_ok());
        assert!(matches!(answer.band(b"\x03fatal: no"), Err(RemoteError::Refused { .. })));
    }

    #[test]
    fn a_new_branch_comes_from_nothing() {
        let features = Features { report: true, side_band: true, ..Features::default() };
        let bytes = UPDATE.message(&features, b"PACK").unwrap().into_bytes();
        let shown = String::from_utf8(bytes).unwrap();
        assert!(shown.contains(&format!("{NOTHING} {}", UPDATE.to)), "{shown}");
        assert!(shown.ends_with("refs/heads/main\0 report-status side-band-64k0000PACK"), "{shown}");
        assert!(UPDATE.message(&Features::default(), b"").is_err());
    }
}
