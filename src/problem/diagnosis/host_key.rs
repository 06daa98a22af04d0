//! A host that is not trusted: the key that it showed, and the one that it is known by.

use super::super::fix::{Action, Fix, Grade};
use super::super::value::Evidence;
use super::Diagnosis;

/// A host that nobody has met. `line` is what a `known_hosts` file would say of the key.
#[derive(Clone, Copy, Debug)]
pub struct UnknownHost<'a> {
    pub project: &'a str,
    pub host: &'a str,
    /// `ED25519`, `RSA`, `ECDSA`.
    pub kind: &'a str,
    /// `SHA256:…`.
    pub fingerprint: &'a str,
    pub line: Option<&'a str>,
}

/// Offers to trust the key that was shown: that one, and after a look at it.
pub fn host_key_unknown(found: &UnknownHost<'_>) -> Diagnosis {
    let UnknownHost { project, host, kind, fingerprint, line } = *found;
    let trust = line.map(|line| {
        let title = format!("If that is the fingerprint that {host} publishes: trust this host, and sync again");
        let (host, key, sync) = (host.to_owned(), line.to_owned(), Some(project.to_owned()));
        Fix::new(title, Grade::Ask, Action::TrustHost { host, key, fingerprint: fingerprint.to_owned(), sync })
    });
    Diagnosis {
        cause: format!(
            "Nobody has connected to {host} from here by SSH yet, so nothing proves that it is the right server. Ask \
             its owner for the fingerprint of its {kind} key, or look it up where the host publishes it, and compare."
        ),
        evidence: vec![Evidence::new("The key that the host showed", vec![format!("{kind} {fingerprint}")])],
        fixes: trust.into_iter().collect(),
    }
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
        project: "shop",
        host: "git.acme.example",
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
    fn a_changed_key_shows_both_and_has_nothing_to_press() {
        let diagnosis = host_key_changed("git.acme.example", "ED25519 SHA256:new", Some("SHA256:old"), "/d/it's", 3);
        let lines = &diagnosis.evidence[0].lines;
        assert_eq!(lines, &["known: SHA256:old, in /d/it's:3", "offered: ED25519 SHA256:new"]);
        assert!(diagnosis.fixes.iter().all(|fix| fix.grade == Grade::Show));
        assert_eq!(diagnosis.fixes[0].action, Action::Copy { text: "sed -i 3d '/d/it'\\''s'".to_owned() });
        assert!(host_key_changed("h", "x", None, "", 0).fixes.is_empty());
    }
}
