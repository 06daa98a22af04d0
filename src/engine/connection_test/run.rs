//! The steps of one project, run. A step that fails ends them: what comes after it would only fail as well.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::super::credentials::of_api;
use super::super::diagnosis;
use super::super::handle::Core;
use super::super::target::Target;
use super::facts::{self, Known};
use super::network::{self, Road};
use super::{OnProbe, Probe, ProbeOutcome, ProbeStep};
use crate::dbt::FileTree;
use crate::git::{Credential, FetchRequest, Fetched, InspectRequest, Obstacle, Remote, RemoteError, usual_api};
use crate::problem::{Code, Problem};
use crate::workspace::Auth;

/// Everything is well, or what is not.
type Step<T> = Result<T, Box<Problem>>;

/// Runs all steps for one project. True when all is well.
pub(in crate::engine) async fn project(
    core: &Arc<Core>,
    target: Target,
    told: &OnProbe,
    cancel: &CancellationToken,
) -> bool {
    let run = Run { core, target, told, cancel };
    (run.told)(Probe::ProjectBegan { project: run.target.name.clone(), repository: run.target.repository.clone() });
    match run.steps().await {
        Ok(()) => true,
        Err(_) if cancel.is_cancelled() => false,
        Err(mut problem) => {
            core.world.catalogue.describe(&mut problem);
            (run.told)(Probe::ProblemFound { problem });
            false
        }
    }
}

struct Run<'a> {
    core: &'a Arc<Core>,
    target: Target,
    told: &'a OnProbe,
    cancel: &'a CancellationToken,
}

impl Run<'_> {
    async fn steps(&self) -> Step<()> {
        let request = self.step(ProbeStep::Credential, self.credential()).await?;
        self.network(&request).await?;
        let known = facts::asked(self.core, &self.target, self.inspection(&request), self.cancel).await;
        let branches = self.git(&request, &known).await?;
        let fetched = self.read(&request, branches).await?;
        self.project_path(&request, &fetched).await?;
        self.write(&request, &known).await?;
        known.notes(self.core.now()).into_iter().for_each(|words| (self.told)(Probe::Noted { words }));
        Ok(())
    }

    async fn credential(&self) -> Step<(FetchRequest, String)> {
        let request = self.target.fetch_request(&self.core.world, self.cancel).await.map_err(Box::new)?;
        let words = facts::credential_in_words(&request.credential, &self.target.auth(), &self.target.typed);
        Ok((request, words))
    }

    /// Name, connection and security, as far as they are ours to look at.
    async fn network(&self, request: &FetchRequest) -> Step<()> {
        let remote = &request.remote;
        let road = network::road(remote, &self.target.environment).await;
        let (host, port) = match road {
            Road::Direct { host, port } => (host, port),
            Road::Other(why) => {
                for step in [ProbeStep::Name, ProbeStep::Connection] {
                    self.skipped(step, &why);
                }
                // Whichever way `ssh` goes, it looks at the host's key, and the authentication tells of it.
                if !matches!(remote, Remote::Ssh { .. }) {
                    self.skipped(ProbeStep::Security, &why);
                }
                return Ok(());
            }
        };
        let failed = |error: RemoteError| self.remote_failed(request, &error);
        let addresses =
            self.step(ProbeStep::Name, async { network::resolved(&host, port).await.map_err(failed) }).await?;
        self.step(ProbeStep::Connection, async { network::connected(&host, &addresses).await.map_err(failed) }).await?;
        match remote {
            Remote::Http { url } if url.starts_with("https://") => {
                let secured = async {
                    let answer = self
                        .core
                        .world
                        .providers
                        .secured(url.clone(), self.target.authorities(), self.cancel.clone())
                        .await;
                    let subject = self.target.connection_subject();
                    answer.map_err(|error| Box::new(of_api(&self.core.world.catalogue, subject, &error)))?;
                    Ok(((), "the certificate is trusted".to_owned()))
                };
                self.step(ProbeStep::Security, secured).await
            }
            Remote::Http { .. } => {
                self.skipped(ProbeStep::Security, "none: the address is not https");
                Ok(())
            }
            // Told by the authentication: `ssh` looks at the key before it shows its own.
            Remote::Ssh { .. } | Remote::Local { .. } => Ok(()),
        }
    }

    fn inspection(&self, request: &FetchRequest) -> Option<InspectRequest> {
        let git = self.target.connection.as_ref().map(|(_, git)| git);
        let provider = self.target.provider();
        let written = git.and_then(|git| git.api.clone());
        Some(InspectRequest {
            provider,
            api: written.or_else(|| usual_api(provider, &request.remote))?,
            credential: request.credential.clone(),
            username: git.and_then(|git| git.username.clone()),
            repository: request.remote.path_on_host().to_owned(),
            branch: if self.target.writes { self.target.branch.clone() } else { String::new() },
            authorities: self.target.authorities(),
        })
    }

    /// Asks the server for its branches, which needs host key, authentication and repository at once; what
    /// fails tells them apart.
    async fn git(&self, request: &FetchRequest, known: &Known) -> Step<Vec<String>> {
        let is_ssh = matches!(request.remote, Remote::Ssh { .. });
        (self.told)(Probe::StepBegan { step: ProbeStep::Authentication });
        let began = self.core.now();
        let answer = self.core.world.repositories.branches(request.clone(), self.cancel.clone()).await;
        let elapsed_ms = self.since(began);
        let ended = |step, outcome, detail: String| (self.told)(Probe::StepEnded { step, outcome, detail, elapsed_ms });
        let error = match answer {
            Ok(branches) => {
                if is_ssh {
                    ended(ProbeStep::Security, ProbeOutcome::Passed, "the host's key is a known one".to_owned());
                }
                ended(ProbeStep::Authentication, ProbeOutcome::Passed, known.account_in_words());
                ended(ProbeStep::Repository, ProbeOutcome::Passed, known.repository_in_words());
                return Ok(branches.names);
            }
            Err(error) => error,
        };
        let failed = failed_step(&error);
        if is_ssh && failed > ProbeStep::Security {
            ended(ProbeStep::Security, ProbeOutcome::Passed, "the host's key is a known one".to_owned());
        }
        if failed == ProbeStep::Repository {
            ended(ProbeStep::Authentication, ProbeOutcome::Passed, known.account_in_words());
        }
        ended(failed, ProbeOutcome::Failed, first_line(&error));
        if matches!(error, RemoteError::Refused { status: Some(401), .. }) {
            self.target.forget_token(&self.core.world, &request.remote);
        }
        Err(known.explained(self.remote_failed(request, &error), &self.core.world.catalogue))
    }

    /// The branch, and the project's files of it.
    async fn read(&self, request: &FetchRequest, branches: Vec<String>) -> Step<Fetched> {
        let wanted = &request.branch;
        let branch = async {
            if wanted.is_empty() || branches.contains(wanted) {
                let count = branches.len();
                let which = if wanted.is_empty() { "the default one" } else { wanted.as_str() };
                return Ok(((), format!("{which}, of {count}")));
            }
            let (branch, default) = (wanted.clone(), None);
            let error = RemoteError::BranchMissing { branch, branches: branches.clone(), default };
            Err(self.remote_failed(request, &error))
        };
        self.step(ProbeStep::Branch, branch).await?;
        let read = async {
            let progress = Arc::new(|_| {});
            let fetched = self.core.world.repositories.fetch(request.clone(), progress, self.cancel.clone()).await;
            let fetched = fetched.map_err(|error| self.remote_failed(request, &error))?;
            let commit: String = fetched.commit.id.chars().take(7).collect();
            let detail = format!("{commit} on {}, {} bytes", fetched.branch, fetched.bytes_received);
            Ok((fetched, detail))
        };
        self.step(ProbeStep::Read, read).await
    }

    /// Asks the server whether it would take a push, where one is wanted.
    async fn write(&self, request: &FetchRequest, known: &Known) -> Step<()> {
        if !self.target.writes {
            let detail = match known.can_write() {
                Some(true) => "not needed: nothing that uses this connection pushes; the credential could",
                Some(false) => "not needed: nothing that uses this connection pushes; the credential could not",
                None => "not needed: nothing that uses this connection pushes",
            };
            self.skipped(ProbeStep::Write, detail);
            return Ok(());
        }
        let asked = async {
            let answer = self.core.world.repositories.may_push(request.clone(), self.cancel.clone()).await;
            answer.map_err(|error| self.remote_failed(request, &error))?;
            let detail = match known.is_protected() {
                Some(true) => "the server would take a push, but the branch is protected: it decides when it sees one",
                Some(false) => "the server would take a push, and the branch is not protected",
                None => "the server would take a push; rules for single branches are not known",
            };
            Ok(((), detail.to_owned()))
        };
        let catalogue = &self.core.world.catalogue;
        self.step(ProbeStep::Write, asked).await.map_err(|problem| known.explained(problem, catalogue))
    }

    async fn project_path(&self, request: &FetchRequest, fetched: &Fetched) -> Step<()> {
        let look = async {
            let repositories = Arc::clone(&self.core.world.repositories);
            let (remote, cache, commit) = (request.remote.clone(), request.cache.clone(), fetched.commit.id.clone());
            let target = self.target.clone();
            let looked = self.core.blocking(move || {
                let tree = repositories.tree(&remote, &cache, &commit)?;
                Ok::<_, RemoteError>(wrong_path(&target, &*tree))
            });
            let wrong = looked.await.map_err(Box::new)?.map_err(|error| self.remote_failed(request, &error))?;
            match wrong {
                None => Ok(((), self.target.settings.project_path.clone())),
                Some(problem) => Err(Box::new(problem)),
            }
        };
        self.step(ProbeStep::ProjectPath, look).await
    }

    /// Runs one step and tells of it.
    async fn step<T>(&self, step: ProbeStep, work: impl Future<Output = Step<(T, String)>>) -> Step<T> {
        (self.told)(Probe::StepBegan { step });
        let began = self.core.now();
        let done = work.await;
        let (outcome, detail) = match &done {
            Ok((_, detail)) => (ProbeOutcome::Passed, detail.clone()),
            Err(problem) => (ProbeOutcome::Failed, problem.summary.clone()),
        };
        (self.told)(Probe::StepEnded { step, outcome, detail, elapsed_ms: self.since(began) });
        done.map(|(value, _)| value)
    }

    fn skipped(&self, step: ProbeStep, why: &str) {
        let detail = why.to_owned();
        (self.told)(Probe::StepEnded { step, outcome: ProbeOutcome::Skipped, detail, elapsed_ms: 0 });
    }

    fn since(&self, began: jiff::Timestamp) -> u64 {
        u64::try_from(self.core.now().as_millisecond() - began.as_millisecond()).unwrap_or(0)
    }

    /// The same problem that a sync would meet.
    fn remote_failed(&self, request: &FetchRequest, error: &RemoteError) -> Box<Problem> {
        Box::new(diagnosis::remote(self.core, &self.target, request, error))
    }
}

/// The step that an error is about.
fn failed_step(error: &RemoteError) -> ProbeStep {
    match error {
        RemoteError::Key { .. } => ProbeStep::Credential,
        RemoteError::HostKey { .. }
        | RemoteError::Authorities { .. }
        | RemoteError::Unreachable { obstacle: Obstacle::Tls, .. } => ProbeStep::Security,
        RemoteError::Unreachable { obstacle: Obstacle::Name, .. } => ProbeStep::Name,
        RemoteError::Unreachable { .. } | RemoteError::TimedOut { .. } => ProbeStep::Connection,
        RemoteError::Refused { status: Some(401), .. } => ProbeStep::Authentication,
        RemoteError::Refused { raw, .. } if raw.contains("Permission denied (") => ProbeStep::Authentication,
        // Who is known and still refused is refused this repository.
        RemoteError::Refused { .. } => ProbeStep::Repository,
        _ => ProbeStep::Authentication,
    }
}

fn first_line(error: &RemoteError) -> String {
    let raw = error.raw().lines().map(str::trim).find(|line| !line.is_empty());
    raw.map_or_else(|| error.to_string(), str::to_owned)
}

/// What is wrong with the project's path in this tree.
fn wrong_path(target: &Target, tree: &dyn FileTree) -> Option<Problem> {
    let path = &target.settings.project_path;
    let failure = tree.read(path).err()?;
    let problem = Problem::new(Code::new("DBT-PROJECT-PATH"), target.subject(), failure.to_string());
    diagnosis::no_project(target, tree, false, vec![problem]).into_iter().next()
}

/// Whether a credential would be shown to the server at all.
pub(super) fn is_shown(credential: &Credential, auth: &Auth) -> bool {
    !matches!((credential, auth), (Credential::Anonymous, _) | (_, Auth::Anonymous))
}
