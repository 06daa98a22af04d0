//! Bytes to and from a Git server, over HTTP or over the user's `ssh`. Knows packets, time-outs and
//! refusals; knows nothing of what is said.

mod agent;
mod detached;
mod host_keys;
mod http;
mod jump;
mod known_hosts;
mod private_folder;
mod private_key;
mod redirect;
mod retry;
mod ssh;
mod ssh_words;
pub(in crate::git) mod words;

pub use known_hosts::Published;
pub(super) use known_hosts::published;

use std::path::Path;

use super::error::{OfferedKey, RemoteError};
use super::fetch::FetchLimits;
use super::patience::Patience;
use super::protocol::{Decoder, Message, Packet};
use super::remote::{Credential, Remote};
use super::trust::Trust;
use http::Http;
use ssh::{Ssh, Target};

/// What a server is to do for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Give objects.
    UploadPack,
    /// Take objects and move a branch.
    ReceivePack,
}

impl Service {
    /// The program on the server's side.
    fn program(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }
}

/// Whom to reach and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer<'a> {
    pub(super) remote: &'a Remote,
    pub(super) credential: &'a Credential,
    pub(super) limits: &'a FetchLimits,
    pub(super) trust: &'a Trust,
    /// The repository's cache; the host keys that providers publish are kept beside it.
    pub(super) cache: &'a Path,
    pub(super) service: Service,
}

/// A connection to one repository of one server.
#[derive(Debug)]
pub(super) struct Connection {
    wire: Wire,
    patience: Patience,
    decoder: Decoder,
    received: u64,
    requests: u32,
}

#[derive(Debug)]
enum Wire {
    Http(Box<Http>),
    Ssh(Box<Ssh>),
}

impl Connection {
    /// Prepares a connection; nothing is sent before [`Connection::greet`].
    pub(super) fn new(peer: Peer<'_>, patience: Patience) -> Result<Self, RemoteError> {
        let wire = match peer.remote {
            Remote::Http { url } => Wire::Http(Box::new(Http::new(url, peer, &patience)?)),
            Remote::Ssh { user, host, port, path } => {
                let target = Target { user, host, port: *port, path, program: peer.service.program() };
                Wire::Ssh(Box::new(Ssh::new(target, peer)?))
            }
            // There is nothing to connect to; whoever asks has missed a case.
            Remote::Local { .. } => return Err(RemoteError::Address { url: peer.remote.display() }),
        };
        Ok(Self { wire, patience, decoder: Decoder::default(), received: 0, requests: 0 })
    }

    /// Connects and asks for the server's first words.
    pub(super) async fn greet(&mut self) -> Result<(), RemoteError> {
        match &mut self.wire {
            Wire::Http(http) => http.greet(&self.patience, &mut self.requests).await,
            Wire::Ssh(ssh) => {
                self.requests += 1;
                ssh.greet(&self.patience).await
            }
        }
    }

    /// Goes to an SSH host to see its key, which is shown none of ours: the key, and whether it is trusted already.
    pub(super) async fn meet(&mut self) -> Result<(OfferedKey, bool), RemoteError> {
        match &mut self.wire {
            Wire::Http(http) => Err(RemoteError::Address { url: http.address().to_owned() }),
            Wire::Ssh(ssh) => ssh.meet(&self.patience).await,
        }
    }

    /// Whether the next conversation with this server may begin with a question, without a greeting.
    pub(super) fn is_direct(&self) -> bool {
        match &self.wire {
            Wire::Http(http) => http.is_direct(),
            // Over SSH the server speaks first.
            Wire::Ssh(_) => false,
        }
    }

    /// Sends a request. Over HTTP, what was not read of the answer before it is dropped.
    pub(super) async fn send(&mut self, message: Message) -> Result<(), RemoteError> {
        self.requests += 1;
        match &mut self.wire {
            Wire::Http(http) => {
                self.decoder = Decoder::default();
                http.send(message.into_bytes(), &self.patience).await
            }
            Wire::Ssh(ssh) => self.patience.stall("sending the request", ssh.send(&message.into_bytes())).await?,
        }
    }

    /// The next packet of the answer. An answer that ends before it is broken; a packet that carries
    /// the server's refusal is an error.
    pub(super) async fn packet(&mut self) -> Result<Packet, RemoteError> {
        loop {
            if let Some(packet) = self.decoder.next()? {
                return match packet {
                    Packet::Data(line) if line.starts_with(b"ERR ") => Err(words::refusal(&line)),
                    packet => Ok(packet),
                };
            }
            let chunk = match &mut self.wire {
                Wire::Http(http) => self.patience.stall("waiting for the server", http.chunk()).await??,
                Wire::Ssh(ssh) => self.patience.stall("waiting for the server", ssh.chunk()).await??,
            };
            let Some(bytes) = chunk else {
                let cut = if self.decoder.is_empty() { "early EOF" } else { "early EOF inside of a packet" };
                return Err(RemoteError::Broken { raw: cut.to_owned() });
            };
            self.received += bytes.len() as u64;
            self.decoder.push(&bytes);
        }
    }

    /// Bytes received so far.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    pub(super) fn requests(&self) -> u32 {
        self.requests
    }
}
