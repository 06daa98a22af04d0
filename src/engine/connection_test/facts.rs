//! What the provider's API adds to what Git says: whose the credential is, what it may do and until when,
//! and why a repository is refused.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::super::credentials::of_api;
use super::super::handle::Core;
use super::super::target::Target;
use super::run::is_shown;
use crate::git::{ApiError, Credential, CredentialFacts, Facts, InspectRequest, RepositoryFacts};
use crate::problem::diagnosis::CredentialKind;
use crate::problem::{Catalogue, Fix, Problem};
use crate::workspace::{Auth, Secret, SecretRef};

/// How long before its end a token is worth a word.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What is known besides Git.
#[derive(Clone, Debug)]
pub(super) struct Known {
    facts: Option<Facts>,
    /// As the settings have it: `acme/shop`.
    asked: String,
}

/// Asks the API, where there is one for this provider and this kind of credential.
pub(super) async fn asked(
    core: &Arc<Core>,
    target: &Target,
    request: Option<InspectRequest>,
    cancel: &CancellationToken,
) -> Known {
    let Some(request) = request.filter(|request| is_shown(&request.credential, &target.auth())) else {
        return Known { facts: None, asked: String::new() };
    };
    let asked = request.repository.clone();
    Known { facts: Some(core.world.providers.inspect(request, cancel.clone()).await), asked }
}

/// What is shown to the server, without the secret.
pub(super) fn credential_in_words(credential: &Credential, auth: &Auth, typed: &[(SecretRef, Secret)]) -> String {
    match (credential, auth) {
        (_, Auth::GithubApp(app)) => format!("a new token of GitHub App {}", app.app_id),
        (Credential::Token { token, .. } | Credential::Login { password: token, .. }, _) => {
            CredentialKind::of_token(token.expose()).words().to_owned()
        }
        (Credential::SshKey { path }, _) => format!("the SSH key {}", path.display()),
        (_, Auth::SshPrivateKey(settings)) if typed.iter().any(|(place, _)| *place == settings.key) => {
            "the SSH key that was pasted".to_owned()
        }
        (_, Auth::SshPrivateKey(settings)) => format!("the SSH key from {}", settings.key.describe()),
        (Credential::SshAgent, _) => "whatever your ssh offers".to_owned(),
        (_, _) => "none is shown".to_owned(),
    }
}

impl Known {
    fn credential(&self) -> Option<&CredentialFacts> {
        self.facts.as_ref()?.credential.as_ref().ok()
    }

    fn repository(&self) -> Option<&RepositoryFacts> {
        self.facts.as_ref()?.repository.as_ref().ok()
    }

    pub(super) fn can_write(&self) -> Option<bool> {
        self.repository()?.can_write
    }

    pub(super) fn is_protected(&self) -> Option<bool> {
        self.repository()?.is_protected
    }

    /// "as jane, scopes repo", "accepted".
    pub(super) fn account_in_words(&self) -> String {
        let Some(facts) = self.credential() else { return "accepted".to_owned() };
        let account = facts.account.as_ref().map(|account| format!("as {account}"));
        let scopes = facts.scopes.as_ref().map(|scopes| match scopes.as_slice() {
            [] => "no scopes".to_owned(),
            scopes => format!("scopes {}", scopes.join(", ")),
        });
        let words: Vec<String> = [account, scopes].into_iter().flatten().collect();
        if words.is_empty() { "accepted".to_owned() } else { words.join(", ") }
    }

    pub(super) fn repository_in_words(&self) -> String {
        self.repository().map_or_else(|| "there".to_owned(), |facts| facts.name.clone())
    }

    /// What is worth knowing though all went well.
    pub(super) fn notes(&self, now: Timestamp) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(ends) = self.credential().and_then(|facts| facts.expires_at) {
            let left = ends.duration_since(now);
            let day = ends.strftime("%Y-%m-%d");
            notes.push(match left.as_hours() / 24 {
                _ if left.is_negative() => format!("the token ended on {day}"),
                days if left < SOON => format!("the token ends on {day}, in {days} days: renew it before"),
                _ => format!("the token ends on {day}"),
            });
        }
        if let Some(facts) = self.repository() {
            if facts.is_archived {
                notes.push("the repository is archived: it can be read, and never changes".to_owned());
            }
            if !facts.name.eq_ignore_ascii_case(&self.asked) && !facts.name.is_empty() && !self.asked.contains("scm/") {
                notes.push(format!(
                    "the repository is called {} now: set the new address before the old one ends",
                    facts.name
                ));
            }
        }
        if let Some(Err(ApiError::NotOffered { reason })) = self.facts.as_ref().map(|facts| &facts.credential) {
            notes.push(format!("scopes and end of the credential are not known: {reason}"));
        }
        notes
    }

    /// The problem with what the API adds: what the token is, what it may do, until when; and the API's own
    /// refusal, where it says more than Git's.
    pub(super) fn explained(&self, mut problem: Box<Problem>, catalogue: &Catalogue) -> Box<Problem> {
        let Some(facts) = &self.facts else { return problem };
        let mut evidence = Vec::new();
        match &facts.credential {
            Ok(facts) => evidence.extend(credential_lines(facts)),
            Err(error) => evidence.push(format!("the credential: {error}")),
        }
        match &facts.repository {
            Ok(facts) => evidence.push(repository_line(facts)),
            Err(error) => evidence.push(format!("the repository: {error}")),
        }
        let refusals = [facts.credential.as_ref().err(), facts.repository.as_ref().err()];
        let told = refusals.into_iter().flatten().find_map(|error| better(error, &problem, catalogue));
        if let Some(told) = told {
            problem = Box::new(Problem { evidence: problem.evidence, subject: problem.subject, ..told });
        }
        if let Some(missing) = self.missing_scope() {
            problem = Box::new(problem.with_fix(Fix::read(format!("Give the token the scope {missing}"))));
        }
        Box::new(problem.with_evidence("What the provider's API says", evidence))
    }

    /// The scope without which Git is refused, where the token's scopes are known and lack it.
    fn missing_scope(&self) -> Option<&'static str> {
        let scopes = self.credential()?.scopes.as_ref()?;
        let has = |names: &[&str]| scopes.iter().any(|scope| names.contains(&scope.as_str()));
        let gitlab = ["read_repository", "write_repository", "api", "read_api", "read_user", "sudo"];
        if has(&gitlab) || scopes.iter().any(|scope| scope.starts_with("read_")) {
            return (!has(&["read_repository", "write_repository", "api"])).then_some("read_repository");
        }
        if scopes
            .iter()
            .any(|scope| scope.contains("bitbucket") || scope.starts_with("account") || scope.contains("repository"))
        {
            let reads = scopes.iter().any(|scope| scope.contains("repository"));
            return (!reads).then_some("read:repository:bitbucket");
        }
        (!has(&["repo", "public_repo"])).then_some("repo")
    }
}

/// The API's refusal as a problem, where it is one that Git's words did not tell: single sign-on, an IP allow
/// list, an installation without the repository, a token that has ended.
fn better(error: &ApiError, problem: &Problem, catalogue: &Catalogue) -> Option<Problem> {
    let told = of_api(catalogue, problem.subject.clone(), error);
    let is_told = [
        "GIT-GH-SAML",
        "GIT-GH-IP-ALLOW-LIST",
        "GIT-GH-TOKEN-INVALID",
        "CI-APP-SUSPENDED",
        "CI-NO-PERMISSION",
        "GIT-BB-IP",
        "GIT-BB-2SV",
        "GIT-GL-BLOCKED",
        "GIT-GL-SSO",
    ];
    (is_told.contains(&told.code.as_str()) && told.code != problem.code).then_some(told)
}

fn credential_lines(facts: &CredentialFacts) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(facts.account.as_ref().map(|account| format!("the credential belongs to {account}")));
    lines.extend(facts.scopes.as_ref().map(|scopes| match scopes.as_slice() {
        [] => "it has no scopes".to_owned(),
        scopes => format!("its scopes: {}", scopes.join(", ")),
    }));
    lines.extend(facts.expires_at.map(|ends| format!("it ends on {}", ends.strftime("%Y-%m-%d"))));
    lines
}

fn repository_line(facts: &RepositoryFacts) -> String {
    let archived = if facts.is_archived { ", archived" } else { "" };
    let writes = match facts.can_write {
        Some(true) => ", may be written with this credential",
        Some(false) => ", may only be read with this credential",
        None => "",
    };
    format!("the repository {} is seen{archived}{writes}", facts.name)
}

#[cfg(test)]
#[path = "facts/tests.rs"]
mod tests;
