//! The signed statement "I am this App" (a JSON Web Token, RS256), which a GitHub App shows to get a token.
//! Signed with aws-lc, which the program has for TLS anyway. Knows no clock: the time comes in.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use jiff::Timestamp;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::ApiError;
use crate::workspace::Secret;

/// Seconds that the statement is dated back, because clocks differ.
const BACK: i64 = 60;
/// Seconds that it holds. GitHub takes ten minutes at most, counted by its own clock.
const HOLDS: i64 = 9 * 60;

/// A statement of App `app_id`, signed with its private key (PEM, as GitHub gives it, or PKCS #8).
///
/// [`ApiError::Key`] where the text is no RSA private key; it holds nothing of the text.
pub(super) fn signed(app_id: u64, private_key: &Secret, now: Timestamp) -> Result<Secret, ApiError> {
    let key = read(private_key)?;
    let claims = serde_json::json!({
        "iat": now.as_second() - BACK,
        "exp": now.as_second() + HOLDS,
        "iss": app_id.to_string(),
    });
    let said = format!("{}.{}", encoded(br#"{"alg":"RS256","typ":"JWT"}"#), encoded(claims.to_string().as_bytes()));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), said.as_bytes(), &mut signature)
        .map_err(|_| ApiError::Key { reason: "it cannot sign".to_owned() })?;
    Ok(Secret::new(format!("{said}.{}", encoded(&signature))))
}

fn read(private_key: &Secret) -> Result<RsaKeyPair, ApiError> {
    // Environments that hold one line only are given `\n` for a line break.
    let text = Secret::new(private_key.expose().replace("\\n", "\n"));
    let failed = |reason: &str| ApiError::Key { reason: reason.to_owned() };
    let pair = match PrivateKeyDer::from_pem_slice(text.expose().as_bytes()) {
        Ok(PrivateKeyDer::Pkcs1(key)) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        Ok(PrivateKeyDer::Pkcs8(key)) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        Ok(_) => return Err(failed("it is no RSA key")),
        Err(_) => return Err(failed(what_it_is(text.expose()))),
    };
    pair.map_err(|_| failed("it is cut off, or no RSA key of 2048 to 8192 bits"))
}

/// Why a text is no private key, by how it begins.
fn what_it_is(text: &str) -> &'static str {
    let begins = |word: &str| text.contains(&format!("-----BEGIN {word}"));
    if begins("OPENSSH PRIVATE KEY") {
        "it is a key for SSH; the App's own is wanted, which begins with BEGIN RSA PRIVATE KEY"
    } else if begins("ENCRYPTED PRIVATE KEY") {
        "it is protected by a passphrase"
    } else if begins("PUBLIC KEY") || begins("CERTIFICATE") {
        "it is the public half"
    } else if text.contains("-----BEGIN") {
        "its lines between BEGIN and END are damaged"
    } else {
        "it has no line with BEGIN RSA PRIVATE KEY"
    }
}

/// Base64 with `-` and `_` and without padding, as JSON Web Tokens have it.
fn encoded(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..=group.len() {
            let six = bits >> (18 - 6 * place) & 0b11_1111;
            text.push(char::from(ALPHABET.get(six as usize).copied().unwrap_or(b'A')));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(key: &str) -> String {
        match signed(1, &Secret::new(key), Timestamp::UNIX_EPOCH) {
            Err(ApiError::Key { reason }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn base64_is_as_tokens_have_it() {
        let cases: [(&[u8], &str); 6] =
            [(b"", ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"foob", "Zm9vYg"), (&[0xfb, 0xff], "-_8")];
        for (bytes, text) in cases {
            assert_eq!(encoded(bytes), text);
        }
    }

    #[test]
    fn what_is_no_key_says_what_it_is_instead() {
        for (key, expected) in [
            ("hunter2", "no line with BEGIN"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----", "key for SSH"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\naHVudGVyMg==\n-----END ENCRYPTED PRIVATE KEY-----", "passphrase"),
            ("-----BEGIN PUBLIC KEY-----\naHVudGVyMg==\n-----END PUBLIC KEY-----", "public half"),
            ("-----BEGIN RSA PRIVATE KEY-----\n!hunter2!\n-----END RSA PRIVATE KEY-----", "damaged"),
            ("-----BEGIN RSA PRIVATE KEY-----\naHVudGVyMg==\n-----END RSA PRIVATE KEY-----", "cut off"),
        ] {
            let reason = reason(key);
            assert!(reason.contains(expected), "{reason}");
            assert!(!reason.contains("hunter2"), "{reason}");
        }
    }
}
