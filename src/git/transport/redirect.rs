//! Where a redirect leads and whether we go there. Pure.

use reqwest::Url;

/// What comes behind a repository's address in its first request.
pub(super) const GREETING: &str = "/info/refs";

/// A redirect worth following.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    /// The repository's new address.
    pub(super) base: Url,
    /// True when the host, its port or the scheme changed: no credential may go there.
    pub(super) elsewhere: bool,
}

/// The new address that `location`, given in answer to the greeting at `base`, stands for. `None`
/// where it is no greeting (a page to sign in, say), or leads from https to something that can be
/// read on the way.
pub(super) fn follow(base: &Url, location: &str) -> Option<Moved> {
    let greeting = Url::parse(&format!("{}{GREETING}", base.as_str().trim_end_matches('/'))).ok()?;
    let mut target = greeting.join(location).ok()?;
    let path = target.path().strip_suffix(GREETING)?.to_owned();
    let downgraded = base.scheme() == "https" && target.scheme() != "https";
    if downgraded || !matches!(target.scheme(), "http" | "https") {
        return None;
    }
    let elsewhere = target.origin() != base.origin();
    target.set_path(&path);
    target.set_query(None);
    target.set_fragment(None);
    target.set_username("").ok()?;
    target.set_password(None).ok()?;
    Some(Moved { base: target, elsewhere })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(from: &str, location: &str) -> Option<(String, bool)> {
        follow(&Url::parse(from).unwrap(), location).map(|moved| (moved.base.to_string(), moved.elsewhere))
    }

    #[test]
    fn a_renamed_repository_is_followed() {
        let to = "/new/shop.git/info/refs?service=git-upload-pack";
        assert_eq!(
            followed("https://git.example/old/shop", to),
            Some(("https://git.example/new/shop.git".to_owned(), false))
        );
    }

    #[test]
    fn another_host_port_or_scheme_is_elsewhere() {
        for to in [
            "https://other.example/shop/info/refs?service=git-upload-pack",
            "https://git.example:8443/shop/info/refs?service=git-upload-pack",
            "//other.example/shop/info/refs",
        ] {
            assert!(followed("https://git.example/shop", to).unwrap().1, "{to}");
        }
        assert!(followed("http://git.example/shop", "https://git.example/shop/info/refs").unwrap().1);
    }

    #[test]
    fn pages_and_downgrades_are_not_followed() {
        for to in [
            "https://git.example/users/sign_in",
            "http://git.example/shop/info/refs?service=git-upload-pack",
            "file:///etc/info/refs",
            "::",
        ] {
            assert_eq!(followed("https://git.example/shop", to), None, "{to}");
        }
    }

    #[test]
    fn a_user_in_the_new_address_is_dropped() {
        let to = "https://jane:hunter2@git.example/shop/info/refs";
        assert_eq!(followed("https://git.example/old", to), Some(("https://git.example/shop".to_owned(), false)));
    }
}
