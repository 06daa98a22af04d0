//! A host that is not trusted: the key that it showed, and the one that it is known by.

use super::super::fix::{Action, Fix, Grade};
use super::super::value::Evidence;
use super::Diagnosis;

/// A host that nobody has met. `line` is what a `known_hosts` file would say of the key.
#[derive(Clone, Copy, Debug)]
pub struct UnknownHost<'a> {
    /// Synced again once the host is trusted.
    pub project: Option<&'a str>,
    pub host: &'a str,
    /// Where it is a jump host: the host that it stands before.
    pub before: Option<&'a str>,
    /// `ED25519`, `RSA`, `ECDSA`.
    pub kind: &'a str,
    /// `SHA256:…`.
    pub fingerprint: &'a str,
    pub line: Option<&'a str>,
}

/// Offers to trust the key that was shown: that one, and after a look at it.
pub fn host_key_unknown(found: &UnknownHost<'_>) -> Diagnosis {
    let UnknownHost { project, host, before, kind, fingerprint, line } = *found;
    let trust = line.map(|line| {
        let again = if project.is_some() { ", and sync again" } else { "" };
        let title = format!("If that is the fingerprint that {host} publishes: trust this host{again}");
        let (host, key, sync) = (host.to_owned(), line.to_owned(), project.map(str::to_owned));
        Fix::new(title, Grade::Ask, Action::TrustHost { host, key, fingerprint: fingerprint.to_owned(), sync })
    });
    Diagnosis {
        cause: format!(
            "Nobody has connected to {host}{} from here by SSH yet, so nothing proves that it is the right server. Ask \
             its owner for the fingerprint of its {kind} key, or look it up where the host publishes it, and compare.",
            on_the_way(before)
        ),
        evidence: vec![Evidence::new("The key that the host showed", vec![format!("{kind} {fingerprint}")])],
        fixes: trust.into_iter().collect(),
    }
}

/// A jump host that nobody has met, and whose key could not be looked at on the way.
pub fn jump_host_unseen(host: &str, before: &str) -> Diagnosis {
    let typed = host.replace(['[', ']'], "");
    let fix = if typed.contains(' ') {
        Fix::read(format!(
            "Connect once by hand to {before} and compare the fingerprint, or write ProxyJump in place of ProxyCommand \
             into your ssh_config: such a host can be asked about here"
        ))
    } else {
        Fix::copy("Look at its fingerprint, compare it, and trust it", format!("ebb git trust {typed}"))
    };
    Diagnosis {
        cause: format!(
            "Nobody has connected to {host}{} from here by SSH yet, so nothing proves that it is the right server.",
            on_the_way(Some(before))
        ),
        evidence: Vec::new(),
        fixes: vec![fix],
    }
}

fn on_the_way(before: Option<&str>) -> String {
    before.map(|before| format!(", the jump host on the way to {before},")).unwrap_or_default()
}

/// A host that showed another key than the known one. Nothing is offered to press: whoever sits between would
/// look the same.
pub fn host_key_changed(host: &str, offered: &str, known: Option<&str>, file: &str, line: usize) -> Diagnosis {
    let place = if line == 0 { String::new() } else { format!(", in {file}:{line}") };
    let known = known.map_or_else(|| "not found out".to_owned(), |known| format!("{known}{place}"));
    let fix = (line > 0).then(|| {
        let title = format!("Only if the offered fingerprint is the one that {host} publishes: remove the known key");
        Fix::copy(title, format!("sed -i {line}d '{}'", file.replace('\'', "'\\''")))
    });
    Diagnosis {
        cause: format!(
            "{host} showed another key than the one that it is known by. Either its owner has changed the key, or \
             somebody sits between this machine and the server. Nothing was sent to it."
        ),
        evidence: vec![Evidence::new("Both keys", vec![format!("known: {known}"), format!("offered: {offered}")])],
        fixes: fix.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: UnknownHost<'_> = UnknownHost {
        project: Some("shop"),
        host: "git.acme.example",
        before: None,
        kind: "ED25519",
        fingerprint: "SHA256:abc",
        line: Some("git.acme.example ssh-ed25519 AAAA"),
    };

    #[test]
    fn an_unknown_host_can_be_trusted_after_a_question() {
        let diagnosis = host_key_unknown(&FOUND);
        let [fix] = diagnosis.fixes.as_slice() else { panic!("{diagnosis:?}") };
        assert_eq!(fix.grade, Grade::Ask);
        let Action::TrustHost { key, fingerprint, sync, .. } = &fix.action else { panic!("{fix:?}") };
        assert_eq!((key.as_str(), fingerprint.as_str()), ("git.acme.example ssh-ed25519 AAAA", "SHA256:abc"));
        assert_eq!(sync.as_deref(), Some("shop"));
        assert!(host_key_unknown(&UnknownHost { line: None, ..FOUND }).fixes.is_empty());
    }

    #[test]
    fn a_jump_host_is_named_with_the_host_behind_it() {
        let found = UnknownHost { host: "jump.example", before: Some("git.acme.example"), project: None, ..FOUND };
        let diagnosis = host_key_unknown(&found);
        assert!(diagnosis.cause.contains("jump.example, the jump host on the way to git.acme.example, from here"));
        assert!(diagnosis.fixes[0].title.ends_with("trust this host"), "{diagnosis:?}");
        let unseen = jump_host_unseen("[jump.example]:2222", "git.acme.example");
        assert_eq!(unseen.fixes[0].action, Action::Copy { text: "ebb git trust jump.example:2222".to_owned() });
        assert_eq!(jump_host_unseen("the host of its ProxyCommand", "x").fixes[0].action, Action::Read);
    }

    #[test]
    fn a_changed_key_shows_both_and_has_nothing_to_press() {
        let diagnosis = host_key_changed("git.acme.example", "ED25519 SHA256:new", Some("SHA256:old"), "/d/it's", 3);
        let lines = &diagnosis.evidence[0].lines;
        assert_eq!(lines, &["known: SHA256:old, in /d/it's:3", "offered: ED25519 SHA256:new"]);
        assert!(diagnosis.fixes.iter().all(|fix| fix.grade == Grade::Show));
        assert_eq!(diagnosis.fixes[0].action, Action::Copy { text: "sed -i 3d '/d/it'\\''s'".to_owned() });
        assert!(host_key_changed("h", "x", None, "", 0).fixes.is_empty());
    }
}
