//! What `ssh` meant by what it said. Pure: its words and its end in, an error out.

use std::process::ExitStatus;

use super::super::error::{Obstacle, RemoteError};

/// What `ssh` itself ends with; anything else is the far side's program.
const SSH_FAILED: i32 = 255;

/// Words that tell that a host's key is not the known one.
const HOST_KEY: [&str; 3] =
    ["Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED", "host key is known for"];
/// Words that tell that the other side was there and said no.
const REFUSED: [&str; 4] = ["Permission denied", "Too many authentication failures", "Unable to negotiate", "Load key"];
/// Words that tell that nobody was there.
const NOBODY: [&str; 8] = [
    "Connection timed out",
    "Operation timed out",
    "Connection refused",
    "No route to host",
    "Network is unreachable",
    "Connection reset by",
    "Connection closed by",
    "banner exchange",
];

/// The error for a process that ended so. `heard` says whether the server had spoken before.
pub(super) fn verdict(host: &str, said: &str, status: ExitStatus, heard: bool) -> RemoteError {
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let (host, mut raw) = (host.to_owned(), said.to_owned());
    if raw.is_empty() {
        raw = format!("ssh ended with {status} and said nothing");
    }
    if has(&HOST_KEY) {
        return RemoteError::HostKey { host, raw, keys: Box::default() };
    }
    if status.code() != Some(SSH_FAILED) || has(&REFUSED) {
        return if heard { RemoteError::Broken { raw } } else { RemoteError::Refused { status: None, raw } };
    }
    let obstacle = if has(&["Could not resolve hostname"]) { Obstacle::Name } else { Obstacle::Connection };
    if heard {
        RemoteError::Broken { raw }
    } else if obstacle == Obstacle::Name || has(&NOBODY) {
        RemoteError::Unreachable { host, obstacle, raw }
    } else {
        RemoteError::Refused { status: None, raw }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    fn kind(said: &str, code: i32, heard: bool) -> String {
        let error = verdict("git.example", said, ExitStatus::from_raw(code << 8), heard);
        assert!(!error.raw().is_empty());
        format!("{error:?}").split([' ', '{']).next().unwrap().to_owned()
            + error.code().as_ref().map_or("", |code| code.as_str()).trim_start_matches("GIT")
    }

    #[test]
    fn words_of_ssh_are_understood() {
        for (said, code, heard, expected) in [
            ("ssh: Could not resolve hostname gihub.com: Name or service not known", 255, false, "Unreachable-DNS"),
            ("ssh: connect to host g port 22: Connection refused", 255, false, "Unreachable-NET"),
            ("ssh: connect to host g port 22: Connection timed out", 255, false, "Unreachable-NET"),
            ("kex_exchange_identification: Connection closed by remote host", 255, false, "Unreachable-NET"),
            ("git@g: Permission denied (publickey).", 255, false, "Refused"),
            ("Load key \"/k\": error in libcrypto\nConnection closed by 1.2.3.4 port 22", 255, false, "Refused"),
            ("Received disconnect from g port 22:2: Too many authentication failures", 255, false, "Refused"),
            (
                "No ED25519 host key is known for g\nHost key verification failed.",
                255,
                false,
                "HostKey-SSH-HOSTKEY-UNKNOWN",
            ),
            ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", 255, false, "HostKey-SSH-HOSTKEY-CHANGED"),
            ("fatal: 'acme/shop' does not appear to be a git repository", 128, false, "Refused"),
            ("ERROR: Repository not found.", 1, false, "Refused"),
            ("client_loop: send disconnect: Broken pipe", 255, true, "Broken-TRANSFER-CUT"),
            ("fatal: the remote end hung up unexpectedly", 128, true, "Broken-TRANSFER-CUT"),
            ("", 255, false, "Refused"),
        ] {
            assert_eq!(kind(said, code, heard), expected, "{said}");
        }
    }
}
