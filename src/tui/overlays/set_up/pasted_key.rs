//! A private key that was pasted into the form: all its lines, of which none is ever shown.

use crate::tui::text;
use crate::workspace::Secret;

/// Longest key, in bytes; an RSA key of 16,384 bits has some 13,000.
const LONGEST: usize = 64 * 1024;

/// A whole private key.
#[derive(Clone, Debug)]
pub(super) struct PastedKey {
    secret: Secret,
    /// As its first line says: `OPENSSH PRIVATE KEY`.
    kind: String,
    lines: usize,
}

impl PastedKey {
    /// Reads what was pasted; terminals end its lines in ways of their own.
    pub(super) fn read(pasted: &str) -> Result<Self, &'static str> {
        if pasted.len() > LONGEST {
            return Err("that is too long for a private key");
        }
        let text = Secret::new(pasted.replace("\r\n", "\n").replace('\r', "\n"));
        let lines: Vec<&str> = text.expose().trim().lines().map(str::trim).collect();
        let kind = |line: &str, word: &str| {
            line.strip_prefix("-----")?.strip_suffix("-----")?.strip_prefix(word)?.strip_prefix(' ').map(str::to_owned)
        };
        let first = lines.first().copied().unwrap_or_default();
        let Some(its_kind) = kind(first, "BEGIN") else {
            return Err(match first {
                line if line.starts_with("ssh-") || line.starts_with("ecdsa-") => {
                    "that is the public half: paste the private one"
                }
                line if line.starts_with("PuTTY") => "that is PuTTY's form: export it as an OpenSSH key first",
                _ => "a private key begins with -----BEGIN … PRIVATE KEY-----",
            });
        };
        if !its_kind.ends_with("PRIVATE KEY") {
            return Err("a private key begins with -----BEGIN … PRIVATE KEY-----");
        }
        if lines.last().copied().and_then(|line| kind(line, "END")).as_ref() != Some(&its_kind) {
            return Err("the key is cut off: its last line is -----END … PRIVATE KEY-----");
        }
        let secret = Secret::new(lines.join("\n"));
        Ok(Self { secret, kind: text::clean(&its_kind).into_owned(), lines: lines.len() })
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What is shown in its place.
    pub(super) fn words(&self) -> String {
        format!("{} of {} lines, not shown", self.kind, self.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\nAAAA==\n-----END OPENSSH PRIVATE KEY-----";

    #[test]
    fn the_lines_of_every_terminal_make_the_same_key() {
        for pasted in [KEY.to_owned(), KEY.replace('\n', "\r"), KEY.replace('\n', "\r\n"), format!("\n {KEY}\n\n")] {
            let key = PastedKey::read(&pasted).unwrap();
            assert_eq!(key.secret(), &Secret::new(KEY), "{pasted:?}");
            assert_eq!(key.words(), "OPENSSH PRIVATE KEY of 4 lines, not shown");
            assert!(!format!("{key:?}").contains("b3Blbn"));
        }
    }

    #[test]
    fn the_empty_line_of_a_locked_pem_stays() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----";
        assert_eq!(PastedKey::read(text).unwrap().secret(), &Secret::new(text));
    }

    #[test]
    fn what_is_no_whole_private_key_is_said_to_be_what_it_is() {
        for (pasted, why) in [
            ("ssh-ed25519 AAAA ada", "public half"),
            ("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none", "PuTTY"),
            ("ghp_token", "begins with"),
            ("", "begins with"),
            ("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "begins with"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n", "cut off"),
            ("-----BEGIN RSA PRIVATE KEY-----", "cut off"),
            (&"x".repeat(LONGEST + 1), "too long"),
        ] {
            let told = PastedKey::read(pasted).unwrap_err();
            assert!(told.contains(why), "{pasted:.40}: {told}");
        }
    }
}
