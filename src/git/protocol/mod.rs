//! The conversation with a Git server: what it can do, where its branches stand, and a pack of what
//! is wanted. Protocol version 2, and version 0 for servers that know nothing newer.
//!
//! Knows nothing of HTTP, SSH or disks: it talks through a [`Connection`].

mod ask;
mod packet;
mod push;
mod refs;

use super::error::RemoteError;
use super::transport::Connection;
use ask::Features;
pub(super) use ask::{Ask, LeaveOut, Which};
pub(super) use packet::{Decoder, Message, Packet};
pub(super) use push::Update;
use refs::Capabilities;
pub(super) use refs::Refs;

/// Longest words of a server kept, in bytes.
pub(super) const LONGEST_WORDS: usize = 8 * 1024;
/// Lines read of one answer that is not a pack.
const MOST_LINES: usize = 2_000_000;
/// Bytes read of one answer that is not a pack; two million branches have half of it.
const MOST_LISTED: usize = 256 << 20;
/// Bytes of words that a server may say beside a pack; most say some hundred.
const MOST_SAID: usize = 16 << 20;

/// A conversation under way.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    version: Version,
    /// True where the server's greeting is one that it gave another time.
    is_assumed: bool,
}

#[derive(Debug)]
enum Version {
    Two(Capabilities),
    /// The server said all its branches at once.
    Zero {
        refs: Refs,
        features: Features,
    },
}

impl Session {
    /// Says hello and hears what the server can do.
    pub(super) async fn open(mut connection: Connection) -> Result<Self, RemoteError> {
        connection.greet().await?;
        let mut first = connection.packet().await?;
        if matches!(&first, Packet::Data(line) if line.starts_with(b"# service=")) {
            connection.packet().await?;
            first = connection.packet().await?;
        }
        if matches!(&first, Packet::Data(line) if line.starts_with(b"version 1")) {
            first = connection.packet().await?;
        }
        let version = match first {
            Packet::Data(line) if line.starts_with(b"version 2") => {
                let mut capabilities = Capabilities::default();
                lines(&mut connection, |line| capabilities.line(line)).await?;
                Version::Two(capabilities)
            }
            Packet::Data(line) => {
                let (mut refs, features) = ask::first_line(&text(&line))?;
                lines(&mut connection, |line| ask::reference(&mut refs, line)).await?;
                Version::Zero { refs, features }
            }
            Packet::Flush | Packet::Delimiter | Packet::End => return Err(RemoteError::Empty),
        };
        Ok(Self { connection, version, is_assumed: false })
    }

    /// A conversation that begins with a question for branches: the server's greeting is remembered, by
    /// [`Session::to_remember`]. None where the text is no such greeting, or the server speaks first.
    pub(super) fn remembered(connection: Connection, greeting: &str) -> Option<Self> {
        let capabilities = Capabilities::remembered(greeting).filter(|_| connection.is_direct())?;
        Some(Self { connection, version: Version::Two(capabilities), is_assumed: true })
    }

    /// Whether the greeting is a remembered one: a pack may not be asked for.
    pub(super) fn is_assumed(&self) -> bool {
        self.is_assumed
    }

    /// The greeting of a server that can be asked without one the next time.
    pub(super) fn to_remember(&self) -> Option<String> {
        match &self.version {
            Version::Two(capabilities) if self.connection.is_direct() => Some(capabilities.for_questions()),
            Version::Two(_) | Version::Zero { .. } => None,
        }
    }

    /// Where HEAD and the branches stand that are asked for. A server of version 0 tells all.
    pub(super) async fn refs(&mut self, which: Which<'_>) -> Result<Refs, RemoteError> {
        let capabilities = match &self.version {
            Version::Zero { refs, .. } => return Ok(refs.clone()),
            Version::Two(capabilities) => capabilities,
        };
        self.connection.send(ask::list(capabilities, which)).await?;
        let mut refs = Refs::default();
        lines(&mut self.connection, |line| refs.line(line)).await?;
        Ok(refs)
    }

    /// True when objects can be left out of a pack and fetched by their ids afterwards.
    pub(super) fn can_filter(&self) -> bool {
        matches!(&self.version, Version::Two(capabilities) if capabilities.filter)
    }

    /// Asks for a pack; its bytes come from [`Pack::next`].
    pub(super) async fn pack(&mut self, ask: &Ask<'_>) -> Result<Pack<'_>, RemoteError> {
        let (message, header_ends) = match &self.version {
            Version::Two(capabilities) => (ask.version_two(capabilities), Header::Named),
            Version::Zero { features, .. } => (ask.version_zero(features)?, Header::Bands),
        };
        self.connection.send(message).await?;
        let mut pack = Pack { connection: &mut self.connection, words: String::new(), said: 0, early: None };
        match header_ends {
            Header::Named => pack.skip_to_packfile().await?,
            Header::Bands => pack.skip_to_bands().await?,
        }
        Ok(pack)
    }

    /// Bytes that came so far.
    pub(super) fn received(&self) -> u64 {
        self.connection.received()
    }

    /// Requests made so far; a connection over SSH counts each of its commands.
    pub(super) fn requests(&self) -> u32 {
        self.connection.requests()
    }
}

/// How the part of an answer before the pack ends.
enum Header {
    /// Version 2: with a line `packfile`.
    Named,
    /// Version 0: with the first packet that belongs to a band.
    Bands,
}

/// A pack being received.
#[derive(Debug)]
pub(super) struct Pack<'a> {
    connection: &'a mut Connection,
    /// What the server said meanwhile, for the error.
    words: String,
    /// Bytes of all its words, of which few are kept.
    said: usize,
    /// A packet of the pack that was met while looking for its start.
    early: Option<Vec<u8>>,
}

impl Pack<'_> {
    /// The next bytes of the pack; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, RemoteError> {
        loop {
            let mut packet = match self.early.take() {
                Some(packet) => packet,
                None => match self.connection.packet().await.map_err(|error| self.with_words(error))? {
                    Packet::Data(packet) => packet,
                    Packet::Flush | Packet::Delimiter | Packet::End => return Ok(None),
                },
            };
            match packet.first() {
                Some(1) => {
                    packet.remove(0);
                    return Ok(Some(packet));
                }
                Some(2) => self.hear(&packet)?,
                Some(3) => {
                    self.hear(&packet)?;
                    return Err(RemoteError::Refused { status: None, raw: std::mem::take(&mut self.words) });
                }
                _ => return Err(RemoteError::Broken { raw: "a packet of no known band".to_owned() }),
            }
        }
    }

    /// Bytes that came so far in this conversation.
    pub(super) fn received(&self) -> u64 {
        self.connection.received()
    }

    async fn skip_to_packfile(&mut self) -> Result<(), RemoteError> {
        for _ in 0..MOST_LINES {
            match self.connection.packet().await? {
                Packet::Data(line) if line.starts_with(b"packfile") => return Ok(()),
                Packet::Data(_) | Packet::Delimiter => {}
                Packet::Flush | Packet::End => break,
            }
        }
        Err(RemoteError::Broken { raw: "the answer has no pack".to_owned() })
    }

    async fn skip_to_bands(&mut self) -> Result<(), RemoteError> {
        for _ in 0..MOST_LINES {
            if let Packet::Data(line) = self.connection.packet().await?
                && line.first().is_some_and(|band| *band <= 3)
            {
                self.early = Some(line);
                return Ok(());
            }
        }
        Err(RemoteError::Broken { raw: "the answer has no pack".to_owned() })
    }

    /// Keeps the server's words, written as `git` shows them.
    fn hear(&mut self, packet: &[u8]) -> Result<(), RemoteError> {
        self.said += packet.len();
        if self.said > MOST_SAID {
            return Err(RemoteError::Broken { raw: format!("{}\nthe server talks without an end", self.words) });
        }
        for line in text(packet.get(1..).unwrap_or_default()).lines().filter(|line| !line.trim().is_empty()) {
            if self.words.len() + line.len() <= LONGEST_WORDS {
                let sep = if self.words.is_empty() { "" } else { "\n" };
                self.words = format!("{}{sep}remote: {line}", self.words);
            }
        }
        Ok(())
    }

    fn with_words(&self, error: RemoteError) -> RemoteError {
        match error {
            RemoteError::Broken { raw } if !self.words.is_empty() => {
                RemoteError::Broken { raw: format!("{}\n{raw}", self.words) }
            }
            error => error,
        }
    }
}

/// Hands every line up to the end of the message to `take`.
async fn lines(
    connection: &mut Connection,
    mut take: impl FnMut(&str) -> Result<(), RemoteError>,
) -> Result<(), RemoteError> {
    let mut listed = 0;
    for _ in 0..MOST_LINES {
        match connection.packet().await? {
            Packet::Data(line) => {
                listed += line.len();
                if listed > MOST_LISTED {
                    return Err(RemoteError::Broken { raw: format!("the list has more than {MOST_LISTED} bytes") });
                }
                take(&text(&line))?;
            }
            Packet::Delimiter => {}
            Packet::Flush | Packet::End => return Ok(()),
        }
    }
    Err(RemoteError::Broken { raw: format!("the list has more than {MOST_LINES} lines") })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}
