//! A repository's address that leads nowhere, or elsewhere: the host or the address that was meant.

use super::super::fix::{Fix, Grade};
use super::super::nearest::nearest;
use super::super::value::Evidence;
use super::Diagnosis;

/// Hosts that everybody knows.
const WELL_KNOWN: [&str; 5] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "ssh.dev.azure.com"];

/// A host whose name cannot be found: offers the well-known host, or one of `known` (those of the
/// other projects), that differs by a few letters.
pub fn host_unknown(project: &str, repository: &str, known: &[&str]) -> Diagnosis {
    let Some(host) = host_of(repository) else {
        return Diagnosis { cause: "The repository's address names no host.".to_owned(), ..Diagnosis::default() };
    };
    let candidates = known.iter().copied().chain(WELL_KNOWN);
    let meant = nearest(host, candidates).filter(|meant| !meant.eq_ignore_ascii_case(host));
    let Some(meant) = meant else {
        let cause = format!(
            "{host} has the form of a host's name, and this machine cannot look it up: the name is wrong, or its network, \
             VPN or name service does not work at the moment."
        );
        return Diagnosis { cause, ..Diagnosis::default() };
    };
    let address = repository.replacen(host, meant, 1);
    let title = format!("Set the repository to {address} and sync again");
    Diagnosis {
        cause: format!("There is no host {host}; {meant} was probably meant."),
        evidence: vec![Evidence::new("Repository as it is set", vec![repository.to_owned()])],
        fixes: vec![Fix::set_project_key(title, Grade::Ask, project, "repository", &address, true)],
    }
}

/// A repository that has moved: offers the address that the server announces, if it is on the same
/// host. Another host's address is shown and not offered, since a credential would be sent there.
pub fn repository_moved(project: &str, repository: &str, raw: &str) -> Diagnosis {
    let announced = raw
        .split_whitespace()
        .map(|word| word.trim_end_matches(['.', ',']))
        .find(|word| *word != repository && word.len() < 2048 && host_of(word).is_some());
    let Some(announced) = announced else {
        return Diagnosis {
            cause: "The server says that the repository has moved, and not where to.".to_owned(),
            ..Diagnosis::default()
        };
    };
    let same_host = host_of(announced) == host_of(repository);
    let fix = if same_host {
        let title = format!("Set the repository to {announced}");
        Fix::set_project_key(title, Grade::Ask, project, "repository", announced, false)
    } else {
        Fix::copy("Check the new address, which is on another host, and set it by hand if you trust it", announced)
    };
    Diagnosis {
        cause: "The repository was renamed or given to another owner; the old address still leads there, until \
                somebody makes a new repository under the old name."
            .to_owned(),
        evidence: vec![Evidence::new(
            "Addresses",
            vec![format!("set: {repository}"), format!("announced: {announced}")],
        )],
        fixes: vec![fix],
    }
}

/// The host of `https://…`, `ssh://…` or `user@host:path`.
fn host_of(address: &str) -> Option<&str> {
    let host = match address.split_once("://") {
        Some((_, rest)) => {
            let authority = rest.split('/').next()?;
            let host = authority.rsplit('@').next()?;
            host.split(':').next()?
        }
        None => address.split_once(':').map(|(front, _)| front).and_then(|front| front.rsplit_once('@'))?.1,
    };
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Action;

    fn set(diagnosis: &Diagnosis) -> Option<&str> {
        diagnosis.fixes.iter().find_map(|fix| match &fix.action {
            Action::Set { value, .. } if fix.grade == Grade::Ask => Some(value.as_str()),
            _ => None,
        })
    }

    #[test]
    fn a_mistyped_host_is_corrected_where_it_stands() {
        let cases = [
            ("https://gihub.com/acme/gihub.com.git", Some("\"https://github.com/acme/gihub.com.git\"")),
            ("git@gitlab.con:acme/shop.git", Some("\"git@gitlab.com:acme/shop.git\"")),
            ("ssh://git@bitbuket.org:22/acme/shop.git", Some("\"ssh://git@bitbucket.org:22/acme/shop.git\"")),
            ("https://git.acm.example/shop.git", Some("\"https://git.acme.example/shop.git\"")),
            ("https://github/acme/shop.git", Some("\"https://github.com/acme/shop.git\"")),
            ("https://github.com/acme/shop.git", None),
            ("https://db.internal/acme/shop.git", None),
            ("/srv/git/shop.git", None),
        ];
        for (repository, expected) in cases {
            let diagnosis = host_unknown("shop", repository, &["git.acme.example"]);
            assert_eq!(set(&diagnosis), expected, "{repository}");
            assert!(!diagnosis.cause.is_empty());
        }
    }

    #[test]
    fn a_moved_repository_is_followed_on_its_own_host_only() {
        let cases = [
            ("https://github.com/new/r.git", Some("\"https://github.com/new/r.git\"")),
            ("https://evil.example/new/r.git", None),
            ("git@github.com:new/r.git", Some("\"git@github.com:new/r.git\"")),
            ("", None),
        ];
        for (announced, expected) in cases {
            let raw = format!("remote: This repository moved. Please use the new location:\nremote:   {announced}");
            let diagnosis = repository_moved("shop", "https://github.com/old/r.git", &raw);
            assert_eq!(set(&diagnosis), expected, "{announced}");
        }
    }

    #[test]
    fn hosts_of_addresses() {
        let cases = [
            ("https://user:secret@host.example:8443/a/b.git", Some("host.example")),
            ("ssh://git@host.example/a", Some("host.example")),
            ("git@host.example:a/b", Some("host.example")),
            ("remote:", None),
            ("C:/work", None),
            ("https:///a", None),
        ];
        for (address, host) in cases {
            assert_eq!(host_of(address), host, "{address}");
        }
    }
}
