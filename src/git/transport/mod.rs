//! Bytes to and from a Git server, over HTTP or over the user's `ssh`. Knows packets, time-outs and
//! refusals; knows nothing of what is said.

mod http;
mod redirect;
mod words;

use super::error::RemoteError;
use super::fetch::FetchRequest;
use super::patience::Patience;
use super::protocol::{Decoder, Message, Packet};
use super::remote::Remote;
use http::Http;

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
}

impl Connection {
    /// Prepares a connection; nothing is sent before [`Connection::greet`].
    pub(super) fn new(request: &FetchRequest, patience: Patience) -> Result<Self, RemoteError> {
        let wire = match &request.remote {
            Remote::Http { url } => Wire::Http(Box::new(Http::new(url, &request.credential, &patience)?)),
            Remote::Ssh { .. } | Remote::Local { .. } => {
                return Err(RemoteError::Address { url: request.remote.display() });
            }
        };
        Ok(Self { wire, patience, decoder: Decoder::default(), received: 0, requests: 0 })
    }

    /// Connects and asks for the server's first words.
    pub(super) async fn greet(&mut self) -> Result<(), RemoteError> {
        match &mut self.wire {
            Wire::Http(http) => http.greet(&self.patience, &mut self.requests).await,
        }
    }

    /// Sends a request. What was not read of the answer before it is dropped.
    pub(super) async fn send(&mut self, message: Message) -> Result<(), RemoteError> {
        self.requests += 1;
        match &mut self.wire {
            Wire::Http(http) => {
                self.decoder = Decoder::default();
                http.send(message.into_bytes(), &self.patience).await
            }
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
            let Wire::Http(http) = &mut self.wire;
            let Some(bytes) = self.patience.stall("waiting for the server", http.chunk()).await?? else {
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
