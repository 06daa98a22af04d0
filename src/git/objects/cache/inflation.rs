//! A look at a pack as it arrives, before anything of it is unpacked in earnest: what its objects say of
//! their sizes, and what they really inflate to. A small pack can be made that fills any memory.

use flate2::{Decompress, FlushDecompress, Status};

/// Largest object accepted, in bytes.
const LARGEST_OBJECT: u64 = 256 << 20;
/// What all objects of a pack may come to: so many bytes in any case, and so many more for each that was
/// received. Zlib alone reaches a thousandfold, differences to other objects any number.
const GRACE: u64 = 1 << 30;
const FACTOR: u64 = 200;
/// Bytes of the header, of the checksum at the end, and of an object's id.
const HEADER: usize = 12;
const ID: usize = 20;
/// Bytes inflated at once; what comes out is only counted.
const PIECE: usize = 32 << 10;
/// Longest start of a difference kept: two lengths.
const DELTA_START: usize = 20;

/// The pack comes to more than any repository's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bomb {
    pub(super) bytes: u64,
}

/// A pack seen so far. What is no pack at all is passed over: the indexer says so.
#[derive(Debug)]
pub(super) struct Inflation {
    at: At,
    /// Objects still to come.
    left: u32,
    received: u64,
    total: u64,
    piece: Vec<u8>,
}

#[derive(Debug)]
enum At {
    Header(Vec<u8>),
    /// The kind and the size, up to the byte without a mark.
    Object(Vec<u8>),
    /// What a difference is one to: an id, or a distance that ends at the byte without a mark.
    Base {
        id_bytes: Option<usize>,
    },
    Body {
        inflate: Box<Decompress>,
        delta: Option<Vec<u8>>,
    },
    /// The rest is not looked at.
    End,
}

impl Inflation {
    pub(super) fn new() -> Self {
        Self { at: At::Header(Vec::new()), left: 0, received: 0, total: 0, piece: vec![0; PIECE] }
    }

    /// Looks at the next bytes.
    pub(super) fn see(&mut self, mut bytes: &[u8]) -> Result<(), Bomb> {
        self.received += bytes.len() as u64;
        while let Some((first, rest)) = bytes.split_first() {
            match &mut self.at {
                At::End => return Ok(()),
                At::Header(seen) => {
                    seen.push(*first);
                    bytes = rest;
                    if seen.len() == HEADER {
                        let count = seen.get(8..).and_then(|count| <[u8; 4]>::try_from(count).ok());
                        self.left = count.map_or(0, u32::from_be_bytes);
                        self.next_object();
                    }
                }
                At::Object(seen) => {
                    seen.push(*first);
                    bytes = rest;
                    if first & 0x80 == 0 || seen.len() > 10 {
                        let (kind, size) = kind_and_size(seen);
                        self.object(kind, size)?;
                    }
                }
                At::Base { id_bytes } => {
                    bytes = rest;
                    let is_over = match id_bytes {
                        Some(left) => {
                            *left -= 1;
                            *left == 0
                        }
                        None => first & 0x80 == 0,
                    };
                    if is_over {
                        self.at = body(true);
                    }
                }
                At::Body { .. } => bytes = self.inflate(bytes)?,
            }
        }
        Ok(())
    }

    fn next_object(&mut self) {
        self.at = if self.left == 0 { At::End } else { At::Object(Vec::new()) };
        self.left = self.left.saturating_sub(1);
    }

    fn object(&mut self, kind: u8, size: u64) -> Result<(), Bomb> {
        if size > LARGEST_OBJECT {
            return Err(Bomb { bytes: size });
        }
        self.at = match kind {
            1..=4 => body(false),
            6 => At::Base { id_bytes: None },
            7 => At::Base { id_bytes: Some(ID) },
            _ => At::End,
        };
        Ok(())
    }

    /// Inflates some of the body; gives what was not taken.
    fn inflate<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], Bomb> {
        let At::Body { inflate, delta } = &mut self.at else { return Ok(bytes) };
        let (taken, made) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(bytes, &mut self.piece, FlushDecompress::None);
        let (taken, made) = ((inflate.total_in() - taken) as usize, inflate.total_out() - made);
        if let Some(start) = delta {
            let wanted = DELTA_START.saturating_sub(start.len()).min(made as usize);
            start.extend_from_slice(self.piece.get(..wanted).unwrap_or_default());
        }
        self.total += made;
        let is_over = match status {
            Ok(Status::StreamEnd) => true,
            // Neither taken nor made: rubbish, which the indexer refuses.
            Ok(Status::Ok | Status::BufError) if taken > 0 || made > 0 => false,
            Ok(_) | Err(_) => {
                self.at = At::End;
                return Ok(&[]);
            }
        };
        if is_over {
            let result = delta.as_deref().map_or(0, result_size);
            if result > LARGEST_OBJECT {
                return Err(Bomb { bytes: result });
            }
            self.total = self.total.saturating_add(result);
            self.next_object();
        }
        if self.total > GRACE.saturating_add(FACTOR.saturating_mul(self.received)) {
            return Err(Bomb { bytes: self.total });
        }
        Ok(bytes.get(taken..).unwrap_or_default())
    }
}

fn body(is_delta: bool) -> At {
    At::Body { inflate: Box::new(Decompress::new(true)), delta: is_delta.then(Vec::new) }
}

/// The kind of an object and its size when inflated, from the bytes before its body.
fn kind_and_size(bytes: &[u8]) -> (u8, u64) {
    let Some((first, rest)) = bytes.split_first() else { return (0, 0) };
    let size = rest.iter().enumerate().fold(u64::from(first & 0x0f), |size, (place, byte)| {
        size | u64::from(byte & 0x7f).checked_shl(4 + 7 * place as u32).unwrap_or(u64::MAX)
    });
    (first >> 4 & 7, size)
}

/// The size of what a difference makes: the second length at its start.
fn result_size(start: &[u8]) -> u64 {
    let mut rest = start.iter();
    let mut length = || {
        let mut length = 0u64;
        for (place, byte) in rest.by_ref().enumerate() {
            length |= u64::from(byte & 0x7f).checked_shl(7 * place as u32).unwrap_or(u64::MAX);
            if byte & 0x80 == 0 {
                break;
            }
        }
        length
    };
    length();
    length()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn length(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value > 0x7f {
            bytes.push(value as u8 & 0x7f | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    fn head(kind: u8, size: u64) -> Vec<u8> {
        let mark = if size > 0x0f { 0x80 } else { 0 };
        let mut bytes = vec![kind << 4 | size as u8 & 0x0f | mark];
        if size > 0x0f {
            bytes.extend(length(size >> 4));
        }
        bytes
    }

    fn pack(objects: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = b"PACK\0\0\0\x02".to_vec();
        bytes.extend((objects.len() as u32).to_be_bytes());
        bytes.extend(objects.concat());
        bytes.extend([7; ID]);
        bytes
    }

    fn blob(size: u64, bytes: &[u8]) -> Vec<u8> {
        [head(3, size), deflated(bytes)].concat()
    }

    fn delta(kind: u8, result: u64) -> Vec<u8> {
        let base = if kind == 7 { vec![0x80; ID] } else { vec![0x81, 0x01] };
        let bytes = [length(5), length(result), vec![0x91, 0, 5]].concat();
        [head(kind, bytes.len() as u64), base, deflated(&bytes)].concat()
    }

    /// What is said of a pack that comes in pieces, and how much it came to.
    fn seen(pack: &[u8], piece: usize) -> (Result<(), Bomb>, u64, bool) {
        let mut inflation = Inflation::new();
        let verdict = pack.chunks(piece).try_for_each(|bytes| inflation.see(bytes));
        (verdict, inflation.total, matches!(inflation.at, At::End))
    }

    #[test]
    fn a_pack_is_followed_to_its_end_however_it_is_cut() {
        let text = b"select 1 as id\n".repeat(500);
        let pack = pack(&[blob(text.len() as u64, &text), delta(6, 1000), blob(3, b"abc"), delta(7, 10)]);
        for piece in [1, 2, 3, 7, 100, pack.len()] {
            let (verdict, total, ended) = seen(&pack, piece);
            assert!(verdict.is_ok() && ended, "{piece}");
            assert_eq!(total, text.len() as u64 + 3 + 1010 + 2 * 6 - 1, "{piece}: bodies and what differences make");
        }
    }

    #[test]
    fn an_object_that_says_it_is_enormous_is_refused_at_once() {
        for object in [head(3, LARGEST_OBJECT + 1), head(1, 1 << 40), delta(6, LARGEST_OBJECT + 1), delta(7, 1 << 50)] {
            assert!(seen(&pack(&[object]), 5).0.is_err());
        }
        assert!(seen(&pack(&[head(3, LARGEST_OBJECT), deflated(b"")]), 5).0.is_ok());
    }

    #[test]
    fn many_small_differences_that_make_much_are_refused() {
        let pack = pack(&vec![delta(6, LARGEST_OBJECT); 20]);
        assert!(matches!(seen(&pack, 64).0, Err(Bomb { bytes }) if bytes > GRACE));
    }

    #[test]
    fn a_body_that_inflates_beyond_its_word_is_counted() {
        let (verdict, total, _) = seen(&pack(&[blob(3, &vec![0; 100_000])]), 1000);
        assert!(verdict.is_ok() && total == 100_000);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..400), piece in 1usize..50) {
            let whole = [b"PACK\0\0\0\x02\0\0\0\x09".to_vec(), bytes].concat();
            let _ = seen(&whole, piece);
        }
    }
}
