//! From a connection's settings to the credential that is shown: secrets resolved as late as possible, and
//! tokens of GitHub Apps asked for.

use tokio_util::sync::CancellationToken;

use crate::git::{ApiError, AppRequest, Credential, GitHubApp, Remote, usual_api};
use crate::problem::{Area, Catalogue, Code, Problem, Subject};
use crate::workspace::{AppSettings, Auth, PrivateKeySettings, Secret, SecretRef};

use super::target::Target;
use super::world::World;

impl Target {
    /// What to show to the server of `remote`.
    pub(super) async fn credential(
        &self,
        world: &World,
        remote: &Remote,
        cancel: &CancellationToken,
    ) -> Result<Credential, Problem> {
        match self.auth() {
            Auth::Anonymous => Ok(Credential::Anonymous),
            Auth::SshAgent => Ok(Credential::SshAgent),
            Auth::SshKey(path) => Ok(Credential::SshKey { path: self.environment.resolve_path(&path, &self.base) }),
            Auth::SshPrivateKey(PrivateKeySettings { key, passphrase }) => {
                let key = self.secret(key).await?;
                let passphrase = match passphrase {
                    Some(passphrase) => Some(self.secret(passphrase).await?),
                    None => None,
                };
                Ok(Credential::SshPrivateKey { key, passphrase })
            }
            Auth::Token(reference) => {
                let (token, provider) = (self.secret(reference).await?, Some(self.provider()));
                let username = self.connection.as_ref().and_then(|(_, git)| git.username.clone());
                Ok(match username {
                    Some(user) => Credential::Login { user, password: token },
                    None => Credential::Token { provider, token },
                })
            }
            Auth::GithubApp(app) => {
                let request = self.app_request(&app, remote).await?;
                let asked = world.providers.installation_token(request, world.clock.now(), cancel.clone()).await;
                let token = asked.map_err(|error| of_api(&world.catalogue, self.connection_subject(), &error))?;
                Ok(Credential::Token { provider: Some(self.provider()), token })
            }
        }
    }

    /// The token of an App was not taken: the next one is asked for anew.
    pub(super) fn forget_token(&self, world: &World, remote: &Remote) {
        if let Auth::GithubApp(app) = self.auth() {
            world.providers.forget(app.app_id, remote.path_on_host());
        }
    }

    async fn app_request(&self, app: &AppSettings, remote: &Remote) -> Result<AppRequest, Problem> {
        let written = self.connection.as_ref().and_then(|(_, git)| git.api.clone());
        let api = written.or_else(|| usual_api(self.provider(), remote));
        let Some(api) = api else {
            let summary = format!("A GitHub App cannot be used for {}, which is not on GitHub", remote.display());
            return Err(Problem::new(Code::new("GIT-GH-APP-KEY"), self.connection_subject(), summary));
        };
        let private_key = self.secret(app.private_key.clone()).await?;
        let app = GitHubApp { api, id: app.app_id, installation: app.installation_id, private_key };
        Ok(AppRequest {
            app,
            repository: remote.path_on_host().to_owned(),
            write: self.writes,
            authorities: self.authorities(),
        })
    }

    pub(super) fn connection_subject(&self) -> Subject {
        match &self.connection {
            Some((name, _)) => Subject::Connection { name: name.clone() },
            None => self.subject(),
        }
    }

    /// A command that gives a secret may take seconds: it runs off the async threads.
    pub(super) async fn secret(&self, reference: SecretRef) -> Result<Secret, Problem> {
        if let Some((_, typed)) = self.typed.iter().find(|(place, _)| *place == reference) {
            return Ok(typed.clone());
        }
        let (environment, base) = (self.environment.clone(), self.base.clone());
        let resolved = tokio::task::spawn_blocking(move || reference.resolve(&base, &environment)).await;
        let subject = self.connection_subject();
        match resolved {
            Ok(resolved) => resolved.map_err(|error| error.to_problem(subject)),
            Err(_) => Err(Problem::new(
                Code::new("SYNC-PANIC"),
                subject,
                "Resolving a secret stopped by a mistake in ebb itself",
            )),
        }
    }
}

/// What a provider's API said, as a problem. `subject` is what needed the answer.
pub(super) fn of_api(catalogue: &Catalogue, subject: Subject, error: &ApiError) -> Problem {
    let raw = error.raw();
    if let ApiError::NotOffered { .. } = error {
        return Problem::new(Code::new("GIT-LIST-NOT-OFFERED"), subject, error.to_string());
    }
    let entry = match error.code() {
        Some(code) => catalogue.entry(&code),
        // What only Apps are told stands among the rows of checks, which need one.
        None => catalogue.match_text(Area::Checks, raw).or_else(|| catalogue.match_text(Area::Git, raw)),
    };
    let code = entry.map_or(Code::new("GIT-API-UNEXPECTED"), |entry| entry.code.clone());
    Problem::new(code, subject, error.to_string()).with_raw(raw)
}
