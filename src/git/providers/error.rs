//! What can go wrong between us and a provider's REST API, typed. None of it holds a secret.

use std::path::PathBuf;

use thiserror::Error;

use super::super::error::Obstacle;
use crate::problem::Code;

/// Why a provider's API gave no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApiError {
    #[error("{url:?} is not an address of an API")]
    Address { url: String },
    #[error("a credential is sent over https only, and {url} is not")]
    Insecure { url: String },
    /// The reason says what the text is instead, never the text.
    #[error("the App's private key cannot be used: {reason}")]
    Key { reason: String },
    #[error("the certificate authorities in {} cannot be used: {raw}", path.display())]
    Authorities { path: PathBuf, raw: String },
    #[error("{host} could not be reached: {raw}")]
    Unreachable { host: String, obstacle: Obstacle, raw: String },
    #[error("{host} did not answer within {seconds} s")]
    TimedOut { host: String, seconds: u64 },
    /// `raw` is the status and the server's own words.
    #[error("{host} refused: {raw}")]
    Refused { host: String, status: u16, raw: String },
    #[error("the GitHub App is not installed on {repository}")]
    NotInstalled { repository: String, raw: String },
    #[error("the GitHub App's installation does not include {repository}")]
    NotIncluded { repository: String, raw: String },
    /// `permission` in GitHub's words: "Contents: read".
    #[error("the GitHub App's installation lacks the permission {permission}")]
    PermissionMissing { permission: String, raw: String },
    /// It answered, but not as its description says.
    #[error("{host} answered something unexpected: {raw}")]
    Unexpected { host: String, raw: String },
    /// This provider, or this kind of credential, has no such API.
    #[error("{reason}")]
    NotOffered { reason: String },
    #[error("cancelled")]
    Cancelled,
}

impl ApiError {
    /// The code where the type says it all; `None` where the server's words decide, which the
    /// catalogue matches against [`ApiError::raw`].
    pub fn code(&self) -> Option<Code> {
        let code = match self {
            Self::Address { .. } | Self::Insecure { .. } => "GIT-UNKNOWN-SCHEME",
            Self::Key { .. } => "GIT-GH-APP-KEY",
            Self::Authorities { .. } => "GIT-CA-FILE",
            Self::Unreachable { obstacle: Obstacle::Name, .. } => "GIT-DNS",
            Self::Unreachable { obstacle: Obstacle::Tls, .. } => "GIT-TLS",
            Self::Unreachable { obstacle: Obstacle::Proxy, .. } => "GIT-PROXY-AUTH",
            Self::Unreachable { obstacle: Obstacle::Connection, .. } => "GIT-NET",
            Self::TimedOut { .. } => "GIT-TIMEOUT",
            Self::NotInstalled { .. } => "CI-INSTALL-MISSING",
            Self::NotIncluded { .. } => "GIT-GH-APP-REPOSITORY",
            Self::PermissionMissing { .. } => "GIT-GH-APP-PERMISSION",
            Self::Unexpected { .. } => "GIT-API-UNEXPECTED",
            Self::Refused { .. } | Self::NotOffered { .. } | Self::Cancelled => return None,
        };
        Some(Code::new(code))
    }

    /// The other side's own words; empty where nobody else spoke.
    pub fn raw(&self) -> &str {
        match self {
            Self::Unreachable { raw, .. }
            | Self::Refused { raw, .. }
            | Self::Authorities { raw, .. }
            | Self::NotInstalled { raw, .. }
            | Self::NotIncluded { raw, .. }
            | Self::PermissionMissing { raw, .. }
            | Self::Unexpected { raw, .. } => raw,
            Self::Address { .. }
            | Self::Insecure { .. }
            | Self::Key { .. }
            | Self::TimedOut { .. }
            | Self::NotOffered { .. }
            | Self::Cancelled => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Catalogue;

    #[test]
    fn what_the_type_says_has_a_code_of_the_catalogue() {
        let text = |words: &str| words.to_owned();
        let unreachable = |obstacle| ApiError::Unreachable { host: text("h"), obstacle, raw: text("words") };
        let catalogue = Catalogue::builtin();
        for (error, expected) in [
            (ApiError::Address { url: text("x") }, "GIT-UNKNOWN-SCHEME"),
            (ApiError::Insecure { url: text("http://x") }, "GIT-UNKNOWN-SCHEME"),
            (ApiError::Key { reason: text("it is none") }, "GIT-GH-APP-KEY"),
            (unreachable(Obstacle::Name), "GIT-DNS"),
            (unreachable(Obstacle::Tls), "GIT-TLS"),
            (unreachable(Obstacle::Proxy), "GIT-PROXY-AUTH"),
            (unreachable(Obstacle::Connection), "GIT-NET"),
            (ApiError::TimedOut { host: text("h"), seconds: 3 }, "GIT-TIMEOUT"),
            (ApiError::NotInstalled { repository: text("a/b"), raw: text("404") }, "CI-INSTALL-MISSING"),
            (ApiError::NotIncluded { repository: text("a/b"), raw: text("422") }, "GIT-GH-APP-REPOSITORY"),
            (ApiError::PermissionMissing { permission: text("x"), raw: text("422") }, "GIT-GH-APP-PERMISSION"),
            (ApiError::Unexpected { host: text("h"), raw: text("x") }, "GIT-API-UNEXPECTED"),
        ] {
            let code = error.code().unwrap();
            assert_eq!(code.as_str(), expected, "{error:?}");
            assert!(catalogue.entry(&code).is_some(), "{code} is not in the catalogue");
        }
    }
}
