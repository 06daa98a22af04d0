//! Jump hosts of the user's ssh_config: the `ssh` that goes to one is started by `ssh` itself, without the options
//! that we gave. Settings of ours, in front of the user's, reach it, so that it trusts whom we trust and asks nobody.

use std::ffi::OsString;
use std::path::PathBuf;

use super::super::error::RemoteError;
use super::super::patience::Patience;
use super::detached::detached;
use super::private_folder::PrivateFolder;

/// Settings in front of the user's, for as long as they live.
#[derive(Debug)]
pub(super) struct JumpSettings {
    folder: PrivateFolder,
    /// The value of `GlobalKnownHostsFile`.
    trusted: String,
}

/// The user's own settings, which hold for everything that ours say nothing of.
const USERS: &str = "Include ~/.ssh/config\nInclude /etc/ssh/ssh_config\n";
const NAME: &str = "config";

impl JumpSettings {
    /// For a connection with these arguments of `ssh`; none where it jumps over no host.
    pub(super) async fn of(
        arguments: &[OsString],
        trusted: &str,
        patience: &Patience,
    ) -> Result<Option<Self>, RemoteError> {
        // What `ssh` would do, told without doing it. Where it has no answer, the connection says why.
        let asked = detached("ssh").arg("-G").args(arguments).output();
        let Ok(told) = patience.stall("reading the settings of ssh", asked).await? else { return Ok(None) };
        if !jumps(&String::from_utf8_lossy(&told.stdout)) {
            return Ok(None);
        }
        let settings = Self { folder: PrivateFolder::make()?, trusted: trusted.to_owned() };
        settings.write("StrictHostKeyChecking yes\n")?;
        Ok(Some(settings))
    }

    /// The same way, on which the first host that is not known is written into `known_hosts` and is shown no key of
    /// ours.
    pub(super) fn meeting(&self, known_hosts: &std::path::Path) -> Result<Self, RemoteError> {
        let settings = Self { folder: PrivateFolder::make()?, trusted: self.trusted.clone() };
        let file = known_hosts.display();
        settings.write(&format!(
            "StrictHostKeyChecking accept-new\nUserKnownHostsFile \"{file}\"\nHashKnownHosts no\nCheckHostIP no\n\
             VerifyHostKeyDNS no\nPreferredAuthentications none\nPubkeyAuthentication no\nIdentityAgent none\n"
        ))?;
        Ok(settings)
    }

    /// What makes `ssh` read them; it hands this on to the one that jumps.
    pub(super) fn arguments(&self) -> [OsString; 2] {
        ["-F".into(), self.file().into()]
    }

    fn file(&self) -> PathBuf {
        self.folder.path(NAME)
    }

    fn write(&self, first: &str) -> Result<(), RemoteError> {
        let trusted = &self.trusted;
        // Of a setting that stands twice, `ssh` takes the first.
        let text = format!(
            "{first}GlobalKnownHostsFile {trusted}\nBatchMode yes\nUpdateHostKeys no\nControlPath none\nLogLevel INFO\n\
             {USERS}"
        );
        std::fs::write(self.file(), text).map_err(|error| RemoteError::Broken {
            raw: format!("{} could not be written: {error}", self.file().display()),
        })
    }
}

/// Whether the settings that `ssh -G` prints name a jump host.
fn jumps(printed: &str) -> bool {
    printed.lines().any(|line| line.strip_prefix("proxyjump ").is_some_and(|host| host.trim() != "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_read_from_what_ssh_prints() {
        assert!(jumps("port 22\nproxyjump root@[127.0.0.1]:2222\n"));
        for printed in ["", "port 22\n", "proxyjump none\n", "proxycommand ssh -W %h:%p jump\n"] {
            assert!(!jumps(printed), "{printed}");
        }
    }

    #[test]
    fn ours_stand_before_the_users() {
        let settings = JumpSettings { folder: PrivateFolder::make().unwrap(), trusted: "\"/k\"".to_owned() };
        let text = |settings: &JumpSettings| std::fs::read_to_string(settings.file()).unwrap();
        settings.write("StrictHostKeyChecking yes\n").unwrap();
        assert!(text(&settings).starts_with("StrictHostKeyChecking yes\nGlobalKnownHostsFile \"/k\"\n"));
        assert!(text(&settings).ends_with(USERS));
        let meeting = settings.meeting("/met".as_ref()).unwrap();
        assert!(text(&meeting).starts_with("StrictHostKeyChecking accept-new\nUserKnownHostsFile \"/met\"\n"));
        assert!(text(&meeting).contains("PubkeyAuthentication no\n") && text(&meeting).contains("\"/k\""));
        assert_ne!(meeting.arguments(), settings.arguments());
    }
}
