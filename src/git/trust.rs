//! Whom we believe besides those that this machine trusts already: host keys that a person accepted, and
//! authorities that a company has of its own. Nothing is ever trusted by having been met.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, ClientBuilder};

use super::transport::words;
use crate::workspace::{Paths, make_private_folder};

/// Largest file of authorities, in bytes; a whole system's has some 250,000.
const LARGEST: u64 = 4 << 20;

/// Files of what a person trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Host keys that a person accepted, in the form of OpenSSH's `known_hosts`. It need not be there.
    pub known_hosts: Option<PathBuf>,
    /// Certificates of authorities (PEM), besides those that the system trusts.
    pub authorities: Option<PathBuf>,
}

/// A file of authorities that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadAuthorities {
    pub(super) path: PathBuf,
    pub(super) raw: String,
}

/// The client with the authorities of a file believed as well.
pub(super) fn believing(client: ClientBuilder, authorities: Option<&Path>) -> Result<ClientBuilder, BadAuthorities> {
    let Some(path) = authorities else { return Ok(client) };
    let bad = |raw: String| BadAuthorities { path: path.to_owned(), raw };
    let length = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?.len();
    if length > LARGEST {
        return Err(bad(format!("it has more than {LARGEST} bytes")));
    }
    let text = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&text).map_err(|error| bad(words::chain(&error)))?;
    if certificates.is_empty() {
        return Err(bad("it holds no certificate: one begins with -----BEGIN CERTIFICATE-----".to_owned()));
    }
    Ok(client.tls_certs_merge(certificates))
}

/// Writes a host's key, a line as [`crate::git::OfferedKey`] has it, into the file of accepted keys.
///
/// # Errors
/// The file can't be written, or this is no line of a `known_hosts` file.
pub fn trust_host(known_hosts: &Path, line: &str) -> io::Result<()> {
    if !is_plain_line(line) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is not a host's key"));
    }
    let before = match std::fs::read_to_string(known_hosts) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    if before.lines().any(|known| known == line) {
        return Ok(());
    }
    if let Some(folder) = known_hosts.parent() {
        make_private_folder(folder)?;
    }
    let separator = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    // In one piece: `ssh` may be reading, and another process writing.
    let mut file = std::fs::OpenOptions::new().append(true).create(true).mode(Paths::FILE_MODE).open(known_hosts)?;
    file.write_all(format!("{separator}{line}\n").as_bytes())
}

/// `HOST TYPE KEY` for one host, without patterns, markers or anything behind it.
pub(super) fn is_plain_line(line: &str) -> bool {
    let is = |part: Option<&str>, also: &str| {
        part.is_some_and(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c)))
    };
    let mut parts = line.split(' ');
    is(parts.next(), ".:-_[]") && is(parts.next(), "-@.") && is(parts.next(), "+/=") && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "[git.acme.example]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA+/=";

    #[test]
    fn an_accepted_key_is_written_once_behind_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/known_hosts");
        trust_host(&file, "a.example ssh-rsa AAAA").unwrap();
        std::fs::write(&file, "a.example ssh-rsa AAAA").unwrap();
        for _ in 0..2 {
            trust_host(&file, LINE).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("a.example ssh-rsa AAAA\n{LINE}\n"));
    }

    #[test]
    fn a_file_that_holds_no_authority_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let told = |path: &Path| believing(reqwest::Client::builder(), Some(path)).unwrap_err().raw;
        assert!(told(&file).contains("No such file"));
        std::fs::write(&file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
        assert!(told(&file).contains("holds no certificate"));
        std::fs::write(&file, "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n").unwrap();
        assert!(!told(&file).is_empty());
    }

    #[test]
    fn what_would_trust_more_than_one_host_is_refused() {
        assert!(is_plain_line(LINE));
        for line in [
            "",
            "* ssh-ed25519 AAAA",
            "a.example,b.example ssh-ed25519 AAAA",
            "!a.example ssh-ed25519 AAAA",
            "@cert-authority * ssh-ed25519 AAAA",
            "a.example ssh-ed25519 AAAA\nb.example ssh-ed25519 AAAA",
            "a.example ssh-ed25519",
            "|1|salt|hash ssh-ed25519 AAAA",
        ] {
            assert!(!is_plain_line(line), "{line}");
            assert!(trust_host(Path::new("/nowhere/known_hosts"), line).is_err());
        }
    }
}
