//! Packet lines, the framing of Git's protocol: four hexadecimal digits of length, then bytes. Pure:
//! bytes in, packets out.

use super::super::error::RemoteError;

/// Longest packet there is, length digits included.
const LONGEST: usize = 65_520;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::git) enum Packet {
    Data(Vec<u8>),
    /// `0000`: end of a message.
    Flush,
    /// `0001`: end of a section.
    Delimiter,
    /// `0002`: end of a response where the connection itself has no end.
    End,
}

/// Bytes received and not yet taken as packets.
#[derive(Debug, Default)]
pub(in crate::git) struct Decoder {
    bytes: Vec<u8>,
    taken: usize,
}

impl Decoder {
    pub(in crate::git) fn push(&mut self, bytes: &[u8]) {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole packet; `None` until more bytes have come.
    pub(in crate::git) fn next(&mut self) -> Result<Option<Packet>, RemoteError> {
        let ahead = self.bytes.get(self.taken..).unwrap_or_default();
        let Some((digits, rest)) = ahead.split_at_checked(4) else { return Ok(None) };
        let length = std::str::from_utf8(digits).ok().and_then(|digits| usize::from_str_radix(digits, 16).ok());
        let packet = match length {
            Some(0) => Packet::Flush,
            Some(1) => Packet::Delimiter,
            Some(2) => Packet::End,
            Some(length @ 4..=LONGEST) => {
                let Some(payload) = rest.get(..length - 4) else { return Ok(None) };
                self.taken += length;
                return Ok(Some(Packet::Data(payload.to_vec())));
            }
            _ => {
                let start = String::from_utf8_lossy(ahead).chars().take(80).collect::<String>();
                return Err(RemoteError::Broken { raw: format!("bad line length character: {start:?}") });
            }
        };
        self.taken += 4;
        Ok(Some(packet))
    }

    /// True when every byte received has been taken.
    pub(in crate::git) fn is_empty(&self) -> bool {
        self.taken == self.bytes.len()
    }
}

/// Requests, written packet by packet.
#[derive(Debug, Default)]
pub(in crate::git) struct Message(Vec<u8>);

impl Message {
    /// A line of text; the line break is added.
    pub(in crate::git) fn line(&mut self, text: &str) -> &mut Self {
        debug_assert!(text.len() + 5 <= LONGEST, "requests are made of short lines");
        self.0.extend_from_slice(format!("{:04x}{text}\n", text.len() + 5).as_bytes());
        self
    }

    /// A packet of exactly this text.
    pub(in crate::git) fn bare(&mut self, text: &str) -> &mut Self {
        debug_assert!(text.len() + 4 <= LONGEST, "requests are made of short lines");
        self.0.extend_from_slice(format!("{:04x}{text}", text.len() + 4).as_bytes());
        self
    }

    /// Bytes that are no packet.
    pub(in crate::git) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(in crate::git) fn delimiter(&mut self) -> &mut Self {
        self.0.extend_from_slice(b"0001");
        self
    }

    pub(in crate::git) fn flush(&mut self) -> &mut Self {
        self.0.extend_from_slice(b"0000");
        self
    }

    pub(in crate::git) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8], piece: usize) -> Result<Vec<Packet>, RemoteError> {
        let mut decoder = Decoder::default();
        let mut packets = Vec::new();
        for piece in bytes.chunks(piece) {
            decoder.push(piece);
            while let Some(packet) = decoder.next()? {
                packets.push(packet);
            }
        }
        Ok(packets)
    }

    #[test]
    fn packets_come_whole_however_they_are_cut() {
        let bytes = b"0006a\n0001000b0123\0\x01\xff00000002";
        let expected = vec![
            Packet::Data(b"a\n".to_vec()),
            Packet::Delimiter,
            Packet::Data(b"0123\0\x01\xff".to_vec()),
            Packet::Flush,
            Packet::End,
        ];
        for piece in 1..bytes.len() {
            assert_eq!(all(bytes, piece).unwrap(), expected, "{piece}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut message = Message::default();
        message.line("command=ls-refs").delimiter().line("peel").flush();
        assert_eq!(message.0, b"0014command=ls-refs\n00010009peel\n0000");
        assert_eq!(all(&message.into_bytes(), 3).unwrap().len(), 4);
    }

    #[test]
    fn lengths_that_cannot_be_are_refused() {
        for bytes in [&b"0003"[..], b"fff1x", b"<htm", b"-001", b"\xff\xff\xff\xff"] {
            assert!(matches!(all(bytes, 4), Err(RemoteError::Broken { .. })), "{bytes:?}");
        }
    }

    #[test]
    fn a_cut_packet_waits() {
        let mut decoder = Decoder::default();
        decoder.push(b"0009ab");
        assert_eq!(decoder.next().unwrap(), None);
        assert!(!decoder.is_empty());
        decoder.push(b"c\nx");
        assert_eq!(decoder.next().unwrap(), Some(Packet::Data(b"abc\nx".to_vec())));
        assert!(decoder.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), piece in 1usize..20) {
            let _ = all(&bytes, piece);
        }
    }
}
