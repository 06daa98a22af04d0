//! Who hosts a repository, and of what kind a credential is: known by its first letters, so that
//! advice can be exact without keeping the secret.

/// Who hosts the repository; decides usernames, pages to point at, and the wording of advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    GitHub,
    GitLab,
    Bitbucket,
    Other,
}

impl Provider {
    /// The provider by the look of a host name: `github.com` as well as `gitlab.acme.example`.
    pub fn of_host(host: &str) -> Self {
        let host = host.to_ascii_lowercase();
        if host.contains("github") {
            Self::GitHub
        } else if host.contains("gitlab") {
            Self::GitLab
        } else if host.contains("bitbucket") {
            Self::Bitbucket
        } else {
            Self::Other
        }
    }

    /// The name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Bitbucket => "Bitbucket",
            Self::Other => "the Git server",
        }
    }
}

/// What a connection proves itself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    Anonymous,
    SshKey,
    /// `ghp_…`, or 40 hex digits from before 2021.
    GitHubClassic,
    /// `github_pat_…`
    GitHubFineGrained,
    /// `ghs_…`: an installation of a GitHub App, GitHub Actions included.
    GitHubApp,
    /// `gho_…` and `ghu_…`: a person signed in through some application.
    GitHubOAuth,
    /// `glpat-…`: a personal, project or group access token.
    GitLabAccess,
    /// `gldt-…`
    GitLabDeploy,
    /// `glcbt-…`: the token of a running CI job.
    GitLabJob,
    /// `ATATT…`
    BitbucketApi,
    /// `ATCTT…`: an access token of a repository, project or workspace.
    BitbucketAccess,
    /// `ATBB…`
    BitbucketAppPassword,
    /// A token of no known form, or a password.
    Unrecognised,
}

impl CredentialKind {
    /// The kind of a token, by its first letters. Nothing of it is kept.
    pub fn of_token(token: &str) -> Self {
        const STARTS: [(&str, CredentialKind); 12] = [
            ("github_pat_", CredentialKind::GitHubFineGrained),
            ("ghp_", CredentialKind::GitHubClassic),
            ("ghs_", CredentialKind::GitHubApp),
            ("gho_", CredentialKind::GitHubOAuth),
            ("ghu_", CredentialKind::GitHubOAuth),
            ("glpat-", CredentialKind::GitLabAccess),
            ("gldt-", CredentialKind::GitLabDeploy),
            ("gitlab+deploy-token", CredentialKind::GitLabDeploy),
            ("glcbt-", CredentialKind::GitLabJob),
            ("ATATT", CredentialKind::BitbucketApi),
            ("ATCTT", CredentialKind::BitbucketAccess),
            ("ATBB", CredentialKind::BitbucketAppPassword),
        ];
        let token = token.trim();
        if let Some((_, kind)) = STARTS.iter().find(|(start, _)| token.starts_with(start)) {
            return *kind;
        }
        let old_github = token.len() == 40 && token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if old_github { Self::GitHubClassic } else { Self::Unrecognised }
    }

    /// Whose token it is, where its form says so.
    pub const fn provider(self) -> Option<Provider> {
        match self {
            Self::GitHubClassic | Self::GitHubFineGrained | Self::GitHubApp | Self::GitHubOAuth => {
                Some(Provider::GitHub)
            }
            Self::GitLabAccess | Self::GitLabDeploy | Self::GitLabJob => Some(Provider::GitLab),
            Self::BitbucketApi | Self::BitbucketAccess | Self::BitbucketAppPassword => Some(Provider::Bitbucket),
            Self::Anonymous | Self::SshKey | Self::Unrecognised => None,
        }
    }

    /// The kind in words, after "The credential is".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Anonymous => "none: the project names no Git connection",
            Self::SshKey => "an SSH key",
            Self::GitHubClassic => "a classic GitHub token (ghp_)",
            Self::GitHubFineGrained => "a fine-grained GitHub token (github_pat_)",
            Self::GitHubApp => "a token of a GitHub App's installation (ghs_)",
            Self::GitHubOAuth => "a GitHub sign-in through an application (gho_ or ghu_)",
            Self::GitLabAccess => "a GitLab access token (glpat-)",
            Self::GitLabDeploy => "a GitLab deploy token (gldt-)",
            Self::GitLabJob => "the token of a GitLab CI job (glcbt-)",
            Self::BitbucketApi => "a Bitbucket API token (ATATT)",
            Self::BitbucketAccess => "a Bitbucket access token (ATCTT)",
            Self::BitbucketAppPassword => "a Bitbucket app password (ATBB)",
            Self::Unrecognised => "a token or password of no known form",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_is_guessed_by_the_host() {
        for (host, provider) in [
            ("github.com", Provider::GitHub),
            ("ssh.github.com", Provider::GitHub),
            ("GitLab.acme.example", Provider::GitLab),
            ("bitbucket.org", Provider::Bitbucket),
            ("git.acme.example", Provider::Other),
        ] {
            assert_eq!(Provider::of_host(host), provider, "{host}");
        }
    }

    #[test]
    fn a_token_is_known_by_its_first_letters() {
        let cases = [
            ("ghp_abc", CredentialKind::GitHubClassic),
            ("0123456789abcdef0123456789abcdef01234567", CredentialKind::GitHubClassic),
            ("github_pat_11ABC", CredentialKind::GitHubFineGrained),
            ("ghs_abc", CredentialKind::GitHubApp),
            ("gho_abc", CredentialKind::GitHubOAuth),
            ("ghu_abc", CredentialKind::GitHubOAuth),
            ("glpat-abc", CredentialKind::GitLabAccess),
            ("gldt-abc", CredentialKind::GitLabDeploy),
            ("glcbt-64_abc", CredentialKind::GitLabJob),
            ("ATATT3xF", CredentialKind::BitbucketApi),
            ("ATCTT3xF", CredentialKind::BitbucketAccess),
            ("ATBBxyz", CredentialKind::BitbucketAppPassword),
            (" ghp_abc\n", CredentialKind::GitHubClassic),
            ("hunter2", CredentialKind::Unrecognised),
            ("", CredentialKind::Unrecognised),
        ];
        for (token, kind) in cases {
            assert_eq!(CredentialKind::of_token(token), kind, "{token}");
        }
    }

    #[test]
    fn a_kind_knows_whose_it_is() {
        assert_eq!(CredentialKind::GitHubApp.provider(), Some(Provider::GitHub));
        assert_eq!(CredentialKind::GitLabDeploy.provider(), Some(Provider::GitLab));
        assert_eq!(CredentialKind::BitbucketApi.provider(), Some(Provider::Bitbucket));
        assert_eq!(CredentialKind::SshKey.provider(), None);
    }
}
