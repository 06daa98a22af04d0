//! The text of a private key, made fit for OpenSSH, or told what else it is. Pure.

use super::super::error::KeyFault;
use crate::workspace::Secret;

/// The key as `ssh-add` wants it: with plain line breaks and one at its end. Line breaks get lost or changed on
/// the way through variables and web forms.
pub(super) fn told_apart(key: &Secret) -> Result<Secret, (KeyFault, &'static str)> {
    let text = key.expose().trim();
    let mended = Secret::new(if text.contains('\n') { text.replace("\r\n", "\n") } else { text.replace("\\n", "\n") });
    let text = mended.expose().trim();
    let wrong = |why| Err((KeyFault::Format, why));
    if text.starts_with("PuTTY-User-Key-File") {
        return wrong("this is a key of PuTTY: export it as an OpenSSH key (puttygen KEY.ppk -O private-openssh)");
    }
    if ["ssh-", "ecdsa-", "sk-"].iter().any(|kind| text.starts_with(kind)) || text.contains("BEGIN PUBLIC KEY") {
        return wrong("this is the public half of a key: the private half is the file without .pub");
    }
    if !(text.starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----")) {
        return wrong("this is no private key: it begins with -----BEGIN … PRIVATE KEY-----");
    }
    if !text.ends_with("PRIVATE KEY-----") || text.matches("-----END ").count() != 1 {
        return wrong("the end of the private key is missing: it is the line -----END … PRIVATE KEY-----");
    }
    Ok(Secret::new(format!("{text}\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n";

    #[test]
    fn a_key_is_mended_where_its_line_breaks_were_lost() {
        for text in [KEY.to_owned(), KEY.trim().to_owned(), KEY.replace('\n', "\r\n"), KEY.replace('\n', "\\n")] {
            assert_eq!(told_apart(&Secret::new(text.clone())).unwrap().expose(), KEY, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_private_key_is_named() {
        for (text, expected) in [
            ("ssh-ed25519 AAAA ada@acme", "public half"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "public half"),
            ("PuTTY-User-Key-File-3: ssh-rsa", "PuTTY"),
            ("ghp_something", "no private key"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "the end"),
            ("-----BEGIN RSA PRIVATE KEY-----", "the end"),
        ] {
            let (fault, why) = told_apart(&Secret::new(text)).unwrap_err();
            assert!(why.contains(expected), "{text}: {why}");
            assert_eq!(fault, KeyFault::Format);
        }
    }
}
