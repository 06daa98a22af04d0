//! Use cases around sources: list them, test one step by step, look at what it holds, preview a model's rows.
//! The drivers are in `warehouse`; here settings become connections, and errors become problems.

mod connection;
mod failed;
mod preview;
mod profile;
mod relation;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::problem::{Code, Problem, Subject};
use crate::warehouse::{Bounds, Relation, Source, StepEvent, Steps};
use crate::workspace::{self, SourceType, Workspace};

use super::handle::{Core, Engine};
pub use preview::{Preview, PreviewOrigin, PreviewRequest};
pub use profile::ColumnProfile;

/// Seconds that one query may take, where the source does not say.
const TIME_OUT: u32 = 300;

/// A source as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceView {
    pub name: String,
    /// "Postgres", "Snowflake", …
    pub kind: &'static str,
    /// Where it is and who we are there, in words and without a secret; empty where only the dialect is set.
    pub place: String,
    /// Names of the projects that use it.
    pub projects: Vec<String>,
}

/// Something happened in a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SourceProbe {
    Step(StepEvent),
    /// What is missing. Nothing more is told.
    Problem {
        problem: Box<Problem>,
    },
}

/// Told of what happens; called from any thread, must not block.
pub type OnSourceProbe = Arc<dyn Fn(SourceProbe) + Send + Sync>;

/// Sources that were opened, by their names, with the settings that they were opened with.
#[derive(Debug, Default)]
pub(super) struct OpenSources {
    open: Mutex<HashMap<String, Opened>>,
}

/// The settings that a source was opened with, and the source.
type Opened = (workspace::Source, Arc<dyn Source>);

impl OpenSources {
    fn of(&self, name: &str, settings: &workspace::Source) -> Option<Arc<dyn Source>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(name).filter(|(before, _)| before == settings).map(|(_, source)| Arc::clone(source))
    }

    fn keep(&self, name: &str, settings: &workspace::Source, source: &Arc<dyn Source>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(name.to_owned(), (settings.clone(), Arc::clone(source)));
    }

    fn forget(&self, name: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

impl Engine {
    /// The workspace's sources.
    pub fn sources(&self) -> Vec<SourceView> {
        let workspace = self.core.workspace();
        workspace.settings.sources.iter().map(|(name, source)| view(&workspace, name, source)).collect()
    }

    /// Goes the steps to a source, from its settings to a first read. True when all is well.
    ///
    /// # Errors
    /// There is no source of this name.
    pub async fn test_source(
        &self,
        name: &str,
        told: OnSourceProbe,
        cancel: CancellationToken,
    ) -> Result<bool, Problem> {
        let settings = settings(&self.core.workspace(), name)?;
        // What was kept may hold a password that has changed since.
        self.core.sources.forget(name);
        let outcome = async {
            let source = self.core.source(name).await?;
            let steps = Steps::new({
                let told = Arc::clone(&told);
                move |event| told(SourceProbe::Step(event))
            });
            let bounds = bounds(&settings, &cancel);
            source.test(&steps, &bounds).await.map_err(|error| failed::of_source(&self.core, name, &error))
        };
        match outcome.await {
            Ok(()) => Ok(true),
            Err(problem) => {
                told(SourceProbe::Problem { problem: Box::new(problem) });
                Ok(false)
            }
        }
    }

    /// The schemas that a source lets us see.
    pub async fn source_schemas(&self, name: &str, cancel: &CancellationToken) -> Result<Vec<String>, Problem> {
        let (source, bounds) = self.core.reach(name, cancel).await?;
        source.schemas(&bounds).await.map_err(|error| failed::of_source(&self.core, name, &error))
    }

    /// The tables and views of a schema.
    pub async fn source_relations(
        &self,
        name: &str,
        schema: &str,
        cancel: &CancellationToken,
    ) -> Result<Vec<Relation>, Problem> {
        let (source, bounds) = self.core.reach(name, cancel).await?;
        source.relations(schema, &bounds).await.map_err(|error| failed::of_source(&self.core, name, &error))
    }
}

impl Core {
    /// The source of this name, opened with its secrets; the one from before where its settings are the same.
    async fn source(&self, name: &str) -> Result<Arc<dyn Source>, Problem> {
        let workspace = self.workspace();
        let settings = settings(&workspace, name)?;
        if let Some(open) = self.sources.of(name, &settings) {
            return Ok(open);
        }
        let connection = connection::resolved(self, &workspace, name, &settings).await?;
        let opened = self.world.warehouses.open(connection);
        let source = opened.map_err(|error| failed::of_source(self, name, &error))?;
        self.sources.keep(name, &settings, &source);
        Ok(source)
    }

    /// A source and how long one query to it may take.
    async fn reach(&self, name: &str, cancel: &CancellationToken) -> Result<(Arc<dyn Source>, Bounds), Problem> {
        let settings = settings(&self.workspace(), name)?;
        Ok((self.source(name).await?, bounds(&settings, cancel)))
    }
}

fn bounds(settings: &workspace::Source, cancel: &CancellationToken) -> Bounds {
    Bounds::new(Duration::from_secs(settings.timeout.unwrap_or(TIME_OUT).into()), cancel.clone())
}

fn settings(workspace: &Workspace, name: &str) -> Result<workspace::Source, Problem> {
    workspace.settings.sources.get(name).cloned().ok_or_else(|| {
        let names: Vec<String> = workspace.settings.sources.keys().cloned().collect();
        let summary = format!("There is no source called {name:?} in this workspace");
        let subject = Subject::Source { name: name.to_owned() };
        Problem::new(Code::new("CONFIG-REFERENCE"), subject, summary).with_evidence("Sources of this workspace", names)
    })
}

fn view(workspace: &Workspace, name: &str, source: &workspace::Source) -> SourceView {
    let users = workspace.settings.projects.iter().filter(|(_, project)| project.source.as_deref() == Some(name));
    let place = match source.kind {
        SourceType::Postgres | SourceType::Redshift => source.host.as_ref().map(|host| {
            let user = source.user.as_deref().unwrap_or("?");
            format!("{user} at {host}, database {}", source.database.as_deref().unwrap_or(name))
        }),
        SourceType::Snowflake => {
            source.account.as_ref().map(|account| format!("{} at {account}", source.user.as_deref().unwrap_or("?")))
        }
        SourceType::Bigquery => source.database.clone(),
        SourceType::Databricks => source.host.clone(),
        SourceType::Sqlite | SourceType::Duckdb => source.path.as_ref().map(|path| path.display().to_string()),
        SourceType::Adbc => source.driver.as_ref().map(|driver| driver.display().to_string()),
    };
    SourceView {
        name: name.to_owned(),
        kind: source.kind.title(),
        place: place.unwrap_or_default(),
        projects: users.map(|(project, _)| project.clone()).collect(),
    }
}
