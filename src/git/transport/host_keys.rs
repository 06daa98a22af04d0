//! The keys of a host that is not trusted: which one it shows, and which one is known instead. Looks on
//! after a refusal; trusts nobody.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::super::error::{HostKeys, KnownKey, OfferedKey};
use super::super::trust::is_plain_line;
use super::detached::detached;
use super::jump::JumpSettings;
use super::private_folder::PrivateFolder;

/// How long the host may take to show its key once more.
const PATIENCE: Duration = Duration::from_secs(20);
/// Largest known_hosts file that is looked into, in bytes.
const LARGEST: u64 = 4 << 20;

/// What stands for a host that `ssh` did not name: a ProxyCommand of the user's went there with an `ssh` of its own.
const UNNAMED: &str = "the host that its ProxyCommand goes through";

/// The way to a host, as `ssh` was told to go it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way<'a> {
    /// Those that `ssh` was given, without the command.
    pub(super) arguments: &'a [OsString],
    /// Where it jumps over other hosts.
    pub(super) jump: Option<&'a JumpSettings>,
}

/// What can be told of both keys. `said` are the words of the refusal.
pub(super) async fn both(said: &str, way: Way<'_>) -> HostKeys {
    let known = known(said).await;
    let jump = on_the_way(said);
    let offered = match (named(said), &jump, way.jump) {
        (Some((kind, fingerprint)), _, _) => Some(OfferedKey { kind, fingerprint, line: None }),
        (None, None, _) => shown(way).await,
        (None, Some(_), Some(settings)) => shown_on_the_way(way, settings).await,
        (None, Some(_), None) => None,
    };
    HostKeys { offered, known, jump }
}

/// The host on the way that was refused. The connection to the one behind it then ends without having had an address.
fn on_the_way(said: &str) -> Option<String> {
    if !said.contains("Connection closed by UNKNOWN port") {
        return None;
    }
    let behind = ["host key is known for ", "Host key for "];
    let name = behind.iter().find_map(|words| said.split_once(words)?.1.split_whitespace().next());
    Some(name.unwrap_or(UNNAMED).to_owned())
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
pub(super) async fn shown(way: Way<'_>) -> Option<OfferedKey> {
    let folder = PrivateFolder::make().ok()?;
    let file = folder.path("known_hosts");
    let mut written = OsString::from("UserKnownHostsFile=");
    written.push(&file);
    let mut command = detached("ssh");
    command.args(way.jump.iter().flat_map(|jump| jump.arguments())).arg("-o").arg(written);
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
    written_down(command, way, &file).await
}

/// The same of the first host on the way that is not known. What lies behind it is not reached.
async fn shown_on_the_way(way: Way<'_>, jump: &JumpSettings) -> Option<OfferedKey> {
    let folder = PrivateFolder::make().ok()?;
    let file = folder.path("known_hosts");
    let meeting = jump.meeting(&file).ok()?;
    let mut command = detached("ssh");
    command.args(meeting.arguments());
    written_down(command, way, &file).await
}

/// The key that `ssh` has written down when it has gone this way.
async fn written_down(mut command: Command, way: Way<'_>, file: &Path) -> Option<OfferedKey> {
    let child = command.args(way.arguments).arg("exit").env("SSH_ASKPASS_REQUIRE", "never").spawn().ok()?;
    tokio::time::timeout(PATIENCE, child.wait_with_output()).await.ok()?.ok()?;
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
    fn a_host_on_the_way_is_told_apart_from_the_repositorys_own() {
        let closed =
            "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535";
        let unknown = "No ED25519 host key is known for [jump.example]:2222 and you have requested strict checking.";
        for (said, expected) in [
            (format!("{unknown}\r\nHost key verification failed."), None),
            (format!("{unknown}\r\nHost key verification failed.\r\n{closed}"), Some("[jump.example]:2222")),
            (format!("{CHANGED}\r\nHost key for jump.example has changed and you\r\n{closed}"), Some("jump.example")),
            (format!("Host key verification failed.\r\n{closed}"), Some(UNNAMED)),
        ] {
            assert_eq!(on_the_way(&said).as_deref(), expected, "{said}");
        }
    }

    #[test]
    fn what_ssh_keygen_prints_is_understood() {
        let said = "3072 SHA256:kT0EwmoUKqz2 no comment (RSA)\n";
        assert_eq!(of_keygen(said), Some(("RSA".to_owned(), "SHA256:kT0EwmoUKqz2".to_owned())));
    }
}
