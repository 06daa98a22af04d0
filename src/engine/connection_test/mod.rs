//! The use case "test a connection": every step on the way to a repository, one after the other, each told
//! when it begins and when it ends; and at the end exactly what is missing. Changes nothing anywhere but in the
//! cache of fetched repositories.

mod facts;
mod network;
mod run;

use std::sync::Arc;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::problem::{Code, Problem, Subject};

use super::handle::Engine;
pub(super) use run::project as test_project;

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeStep {
    /// The secret is where the settings say; an App gets its token.
    Credential,
    /// The host's name is known.
    Name,
    /// Its port can be reached.
    Connection,
    /// TLS, or the key of an SSH host.
    Security,
    Authentication,
    Repository,
    Branch,
    Read,
    ProjectPath,
    /// Pushing, where something that uses the connection pushes.
    Write,
}

impl ProbeStep {
    pub const ALL: [Self; 10] = [
        Self::Credential,
        Self::Name,
        Self::Connection,
        Self::Security,
        Self::Authentication,
        Self::Repository,
        Self::Branch,
        Self::Read,
        Self::ProjectPath,
        Self::Write,
    ];

    /// In words, for a list.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Name => "host name",
            Self::Connection => "connection",
            Self::Security => "TLS or host key",
            Self::Authentication => "authentication",
            Self::Repository => "repository",
            Self::Branch => "branch",
            Self::Read => "read",
            Self::ProjectPath => "project path",
            Self::Write => "write",
        }
    }
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeOutcome {
    Passed,
    Failed,
    /// Not needed here, or not to be told apart from another step.
    Skipped,
}

/// Something happened in a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Probe {
    /// The steps of this project's repository begin.
    ProjectBegan {
        project: String,
        repository: String,
    },
    StepBegan {
        step: ProbeStep,
    },
    StepEnded {
        step: ProbeStep,
        outcome: ProbeOutcome,
        /// What was found, in words; no secret.
        detail: String,
        elapsed_ms: u64,
    },
    /// Something worth knowing that is no failure: a token that ends soon.
    Noted {
        words: String,
    },
    /// What is missing. Nothing more is told of this project.
    ProblemFound {
        problem: Box<Problem>,
    },
}

/// Told of what happens; called from any thread, must not block.
pub type OnProbe = Arc<dyn Fn(Probe) + Send + Sync>;

impl Engine {
    /// Tests a Git connection with every project that uses it. True when all is well. Ends soon after
    /// `cancel`.
    pub async fn test_connection(&self, name: &str, told: OnProbe, cancel: CancellationToken) -> Result<bool, Problem> {
        self.test_connection_for(name, false, told, cancel).await
    }

    /// The same; with `writes`, the connection must also be able to push, which is asked and not done.
    pub async fn test_connection_for(
        &self,
        name: &str,
        writes: bool,
        told: OnProbe,
        cancel: CancellationToken,
    ) -> Result<bool, Problem> {
        let workspace = self.core.workspace();
        if !workspace.settings.git.contains_key(name) {
            let names: Vec<String> = workspace.settings.git.keys().cloned().collect();
            let summary = format!("There is no Git connection called {name:?} in this workspace");
            let subject = Subject::Connection { name: name.to_owned() };
            return Err(Problem::new(Code::new("CONFIG-REFERENCE"), subject, summary)
                .with_evidence("Git connections of this workspace", names));
        }
        let users = workspace.settings.projects.iter().filter(|(_, project)| project.git.as_deref() == Some(name));
        let users: Vec<String> = users.map(|(project, _)| project.clone()).collect();
        if users.is_empty() {
            let words = "no project uses this connection: there is no repository to test it with".to_owned();
            told(Probe::Noted { words });
        }
        let mut is_well = true;
        for project in users {
            let mut target = self.core.target(&project)?;
            target.writes = writes;
            is_well &= run::project(&self.core, target, &told, &cancel).await;
            if cancel.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(is_well)
    }
}
