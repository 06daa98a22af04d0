//! Keys of Apps and what is signed with them, the right way and wrong ones.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// An App's key.
pub(crate) struct AppKey {
    pair: RsaKeyPair,
}

impl AppKey {
    pub(crate) fn new() -> Self {
        Self { pair: RsaKeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    pub(crate) fn public(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    fn pkcs8(&self) -> Vec<u8> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().unwrap();
        der.as_ref().to_vec()
    }

    pub(crate) fn pkcs8_pem(&self) -> String {
        pem("PRIVATE KEY", &self.pkcs8())
    }

    /// As GitHub gives it: the inner key alone, which ends the PKCS #8 form.
    pub(crate) fn pem(&self) -> String {
        let pkcs8 = self.pkcs8();
        let begins = pkcs8.windows(4).rposition(|four| four[0] == 0x04 && four[1] == 0x82).map(|at| at + 4).unwrap();
        // The first octet string is the one that holds the key.
        let first = pkcs8.windows(2).position(|two| two == [0x04, 0x82]).map(|at| at + 4).unwrap();
        pem("RSA PRIVATE KEY", &pkcs8[first.min(begins)..])
    }

    /// A token of these claims.
    pub(crate) fn signed(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "typ": "JWT" });
        let said = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), said.as_bytes(), &mut signature).unwrap();
        format!("{said}.{}", encoded(&signature))
    }
}

fn pem(kind: &str, der: &[u8]) -> String {
    let text = encoded(der).replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    let whole: Vec<char> = text.chars().chain(padding.chars()).collect();
    let lines: Vec<String> = whole.chunks(64).map(|line| line.iter().collect()).collect();
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for URLs, without padding.
fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        text.extend((0..=three.len()).map(|place| ALPHABET[(word >> (18 - 6 * place)) as usize & 63] as char));
    }
    text
}

pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for four in text.as_bytes().chunks(4) {
        let mut word = 0u32;
        for letter in four {
            word = word << 6 | ALPHABET.iter().position(|known| known == letter)? as u32;
        }
        word <<= 6 * (4 - four.len());
        bytes.extend(word.to_be_bytes()[1..four.len()].iter());
    }
    Some(bytes)
}
