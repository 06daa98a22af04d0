//! The keys of a host that is not trusted: which one it shows, and which one is known instead. Looks on
//! after a refusal; trusts nobody.

use std::ffi::OsString;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use super::super::error::{HostKeys, KnownKey, OfferedKey};
use super::super::trust::is_plain_line;
use super::detached::detached;
use super::private_folder::PrivateFolder;

/// How long the host may take to show its key once more.
const PATIENCE: Duration = Duration::from_secs(20);
/// Largest known_hosts file that is looked into, in bytes.
const LARGEST: u64 = 4 << 20;

/// What can be told of both keys. `said` are the words of the refusal, `arguments` those that `ssh` was
/// given, without the command.
pub(super) async fn both(said: &str, arguments: &[OsString]) -> HostKeys {
    let known = known(said).await;
    let offered = match named(said) {
        Some((kind, fingerprint)) => Some(OfferedKey { kind, fingerprint, line: None }),
        None => tokio::time::timeout(PATIENCE, shown(arguments)).await.ok().flatten(),
    };
    HostKeys { offered, known }
}

/// Kind and fingerprint of the host's key, as `ssh` tells them of one that has changed.
fn named(said: &str) -> Option<(String, String)> {
    let (_, rest) = said.split_once("The fingerprint for the ")?;
    let (kind, rest) = rest.split_once(" key sent by the remote host is")?;
    let fingerprint = rest.split_whitespace().next()?.trim_end_matches('.');
    fingerprint.starts_with("SHA256:").then(|| (kind.to_owned(), fingerprint.to_owned()))
}

/// Has the host show its key once more, the same way, and reads it from where `ssh` writes it down. It is
/// shown no key of ours.
async fn shown(arguments: &[OsString]) -> Option<OfferedKey> {
    let folder = PrivateFolder::make().ok()?;
    let file = folder.path("known_hosts");
    let mut written = OsString::from("UserKnownHostsFile=");
    written.push(&file);
    let mut command = detached("ssh");
    command.arg("-o").arg(written);
    // Of an option that is given twice, `ssh` takes the first.
    for option in [
        "StrictHostKeyChecking=accept-new",
        "GlobalKnownHostsFile=/dev/null",
        "HashKnownHosts=no",
        "CheckHostIP=no",
        "VerifyHostKeyDNS=no",
        "ControlPath=none",
        "PreferredAuthentications=none",
        "PubkeyAuthentication=no",
        "IdentityAgent=none",
    ] {
        command.args(["-o", option]);
    }
    let child = command.args(arguments).arg("exit").env("SSH_ASKPASS_REQUIRE", "never").spawn().ok()?;
    child.wait_with_output().await.ok()?;
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().next().filter(|line| is_plain_line(line))?;
    let (kind, fingerprint) = fingerprint(line).await?;
    Some(OfferedKey { kind, fingerprint, line: Some(line.to_owned()) })
}

/// The key that stands where `ssh` found another one than was shown.
async fn known(said: &str) -> Option<KnownKey> {
    let (file, number) = offending(said)?;
    let is_small = std::fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.len() < LARGEST);
    let text = if is_small { std::fs::read_to_string(file).ok()? } else { return None };
    let (_, fingerprint) = fingerprint(text.lines().nth(number.checked_sub(1)?)?).await?;
    Some(KnownKey { fingerprint, file: file.into(), line: number })
}

/// File and line (1-based) of the key that does not fit.
fn offending(said: &str) -> Option<(&str, usize)> {
    let line = said.lines().find_map(|line| line.trim().strip_prefix("Offending ")?.split_once(" key in "))?;
    let (file, number) = line.1.rsplit_once(':')?;
    Some((file, number.trim().parse().ok()?))
}

/// Kind and fingerprint of a line's key, by `ssh-keygen`.
async fn fingerprint(line: &str) -> Option<(String, String)> {
    let key = line.split(' ').skip_while(|part| !part.contains('-') || part.contains(['[', '.', '@'])).take(2);
    let key: Vec<&str> = key.collect();
    let mut child = detached("ssh-keygen").args(["-l", "-f", "-"]).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    stdin.write_all(format!("{}\n", key.join(" ")).as_bytes()).await.ok()?;
    drop(stdin);
    let output = child.wait_with_output().await.ok()?;
    of_keygen(&String::from_utf8_lossy(&output.stdout))
}

/// `256 SHA256:… no comment (ED25519)`.
fn of_keygen(said: &str) -> Option<(String, String)> {
    let line = said.lines().next()?;
    let fingerprint = line.split(' ').nth(1).filter(|word| word.starts_with("SHA256:"))?;
    let kind = line.rsplit_once('(')?.1.trim_end_matches(')');
    Some((kind.to_owned(), fingerprint.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGED: &str = "\
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r
The fingerprint for the ED25519 key sent by the remote host is\r
SHA256:GaoWBrEUmOWqn6SJSPtiY9xXGGm3LLcJX7zkJh2a2Nc.\r
Please contact your system administrator.\r
Add correct host key in /home/ada/known hosts to get rid of this message.\r
Offending ECDSA key in /home/ada/known hosts:12\r
Host key verification failed.";

    #[test]
    fn the_words_of_a_changed_key_are_understood() {
        let fingerprint = "SHA256:GaoWBrEUmOWqn6SJSPtiY9xXGGm3LLcJX7zkJh2a2Nc";
        assert_eq!(named(CHANGED), Some(("ED25519".to_owned(), fingerprint.to_owned())));
        assert_eq!(offending(CHANGED), Some(("/home/ada/known hosts", 12)));
    }

    #[test]
    fn other_words_tell_nothing() {
        for said in ["", "No ED25519 host key is known for x", "Offending ECDSA key in x", "The fingerprint for the x"]
        {
            assert_eq!((named(said), offending(said)), (None, None), "{said}");
        }
        assert_eq!(of_keygen("(stdin) is not a public key file."), None);
    }

    #[test]
    fn what_ssh_keygen_prints_is_understood() {
        let said = "3072 SHA256:kT0EwmoUKqz2 no comment (RSA)\n";
        assert_eq!(of_keygen(said), Some(("RSA".to_owned(), "SHA256:kT0EwmoUKqz2".to_owned())));
    }
}
