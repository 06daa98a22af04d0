//! Takes secrets out of text that is about to be shown, logged or kept.
//!
//! A net under the rest, not the first line: code that holds a secret does not print it.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::Secret;
use crate::workspace::load::hexadecimal;

/// What stands where a secret stood.
pub(in crate::workspace) const MASK: &str = "[secret]";

/// Knows the secrets that were resolved so far. A clone shares them.
#[derive(Clone, Default)]
pub struct Scrubber {
    /// Every spelling of every secret, the longest first, so that a part never hides the whole.
    spellings: Arc<RwLock<Vec<Secret>>>,
}

impl Scrubber {
    /// Shorter secrets are not looked for: they would blank out half of any text.
    pub const SHORTEST: usize = 4;

    pub fn new() -> Self {
        Self::default()
    }

    /// From now on this secret is taken out: as it is, URL-encoded, and in base64 (also as a part of
    /// something longer, such as `user:secret` of a header).
    pub fn add(&self, secret: &Secret) {
        if secret.expose().len() < Self::SHORTEST {
            return;
        }
        let mut spellings = self.spellings.write().unwrap_or_else(PoisonError::into_inner);
        for spelling in spellings_of(secret.expose()) {
            if !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.expose().len()));
    }

    /// The text without known secrets and without the credentials of any URL in it.
    pub fn scrub<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = without_url_credentials(text);
        let spellings = self.spellings.read().unwrap_or_else(PoisonError::into_inner);
        for spelling in spellings.iter() {
            if text.contains(spelling.expose()) {
                text = Cow::Owned(text.replace(spelling.expose(), MASK));
            }
        }
        text
    }
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrubber(…)")
    }
}

fn spellings_of(secret: &str) -> Vec<Secret> {
    let mut spellings = vec![secret.to_owned(), percent_encoded(secret)];
    // A key of many lines may be quoted line by line.
    spellings.extend(secret.lines().filter(|line| line.len() >= 16 && !line.starts_with("-----")).map(str::to_owned));
    for offset in 0..3 {
        let inner = base64_inside(secret.as_bytes(), offset);
        spellings.push(inner.replace('+', "-").replace('/', "_"));
        spellings.push(inner);
    }
    spellings.into_iter().filter(|spelling| spelling.len() >= Scrubber::SHORTEST).map(Secret::new).collect()
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hexadecimal(&[byte]).to_uppercase());
        }
    }
    encoded
}

/// The characters of base64 that depend on these bytes alone when `offset` (0 to 2) bytes of
/// something else stand before them: the same whatever stands around the secret.
fn base64_inside(bytes: &[u8], offset: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = bytes.len() * 8;
    // The first whole group of six bits that begins inside of our bytes.
    let first = (6 - offset * 8 % 6) % 6;
    (first..)
        .step_by(6)
        .take_while(|start| start + 6 <= bits)
        .map(|start| {
            let byte = |index: usize| u16::from(bytes.get(index).copied().unwrap_or_default());
            let pair = byte(start / 8) << 8 | byte(start / 8 + 1);
            let six = usize::from(pair >> (10 - start % 8) & 0b11_1111);
            char::from(ALPHABET.get(six).copied().unwrap_or(b'?'))
        })
        .collect()
}

/// `https://user:password@host` becomes `https://[secret]@host`, for every URL in the text. The user
/// of `ssh://git@host` stays: it is no secret.
fn without_url_credentials(text: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(found) = rest.find("://") {
        let (before, after) = rest.split_at(found + 3);
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'<>`\\".contains(c)).unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        clean.push_str(before);
        match authority.rsplit_once('@') {
            Some((user, host)) if user.contains(':') || !before.ends_with("ssh://") => {
                clean.push_str(MASK);
                clean.push('@');
                clean.push_str(host);
            }
            _ => clean.push_str(authority),
        }
        rest = tail;
    }
    if clean.is_empty() {
        return Cow::Borrowed(text);
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}
