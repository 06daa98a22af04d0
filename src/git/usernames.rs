//! The name that goes with a token over HTTPS, by each provider's rules. Decides only; sends nothing.

use super::remote::Provider;
use crate::problem::diagnosis::CredentialKind;
use crate::workspace::Secret;

/// Names to try with this token at this host, the usual one first, two at most. A name that a person
/// configured goes before these.
///
/// GitHub and GitLab take any name that is not empty, but for GitLab's deploy tokens, each of which has a
/// name of its own. Bitbucket checks it. As the providers document it for Git over HTTPS.
pub(super) fn usernames(provider: Provider, host: &str, token: &Secret) -> Vec<String> {
    let kind = CredentialKind::of_token(token.expose());
    let usual: &[&str] = match (provider, kind) {
        (Provider::GitHub, _) => &["x-access-token"],
        (Provider::GitLab, CredentialKind::GitLabJob) => &["gitlab-ci-token"],
        (Provider::GitLab, _) => &["oauth2"],
        // Data Center has no API tokens of Atlassian accounts.
        (Provider::Bitbucket, _) if !host.eq_ignore_ascii_case("bitbucket.org") => &["x-token-auth"],
        (Provider::Bitbucket, CredentialKind::BitbucketApi) => &["x-bitbucket-api-token-auth", "x-token-auth"],
        (Provider::Bitbucket, _) => &["x-token-auth", "x-bitbucket-api-token-auth"],
        (Provider::Other, _) => &["x-token-auth"],
    };
    usual.iter().map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_provider() {
        for (provider, host, token, expected) in [
            (Provider::GitHub, "github.com", "ghp_x", &["x-access-token"][..]),
            (Provider::GitHub, "ghe.acme.example", "ghs_x", &["x-access-token"]),
            (Provider::GitLab, "gitlab.com", "glpat-x", &["oauth2"]),
            (Provider::GitLab, "git.acme.example", "glcbt-x", &["gitlab-ci-token"]),
            (Provider::Bitbucket, "bitbucket.org", "ATATTx", &["x-bitbucket-api-token-auth", "x-token-auth"]),
            (Provider::Bitbucket, "bitbucket.org", "ATCTTx", &["x-token-auth", "x-bitbucket-api-token-auth"]),
            (Provider::Bitbucket, "bb.acme.example", "BBDC-x", &["x-token-auth"]),
            (Provider::Other, "git.acme.example", "x", &["x-token-auth"]),
        ] {
            assert_eq!(usernames(provider, host, &Secret::new(token)), expected, "{host} {token}");
        }
    }
}
