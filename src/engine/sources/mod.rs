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
use crate::workspace::{self, Secret, SourceType, Workspace};

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
type Opened = (Chosen, Arc<dyn Source>);

/// A warehouse that is to be reached: one of the workspace, or the one that a folder's dbt profile names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    name: String,
    settings: workspace::Source,
    /// Where it is known already; else the settings say where it is.
    password: Option<Secret>,
}

impl OpenSources {
    fn of(&self, chosen: &Chosen) -> Option<Arc<dyn Source>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&chosen.name).filter(|(before, _)| before == chosen).map(|(_, source)| Arc::clone(source))
    }

    fn keep(&self, chosen: &Chosen, source: &Arc<dyn Source>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(chosen.name.clone(), (chosen.clone(), Arc::clone(source)));
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
        let chosen = self.core.chosen(name)?;
        // What was kept may hold a password that has changed since.
        self.core.sources.forget(name);
        let outcome = async {
            let source = self.core.source(&chosen).await?;
            let steps = Steps::new({
                let told = Arc::clone(&told);
                move |event| told(SourceProbe::Step(event))
            });
            let bounds = bounds(&chosen.settings, &cancel);
            source.test(&steps, &bounds).await.map_err(|error| failed::of_source(&self.core, &chosen, &error))
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
        let chosen = self.core.chosen(name)?;
        let (source, bounds) = self.core.reach(&chosen, cancel).await?;
        source.schemas(&bounds).await.map_err(|error| failed::of_source(&self.core, &chosen, &error))
    }

    /// The tables and views of a schema.
    pub async fn source_relations(
        &self,
        name: &str,
        schema: &str,
        cancel: &CancellationToken,
    ) -> Result<Vec<Relation>, Problem> {
        let chosen = self.core.chosen(name)?;
        let (source, bounds) = self.core.reach(&chosen, cancel).await?;
        source.relations(schema, &bounds).await.map_err(|error| failed::of_source(&self.core, &chosen, &error))
    }
}

impl Core {
    /// The source of this name.
    fn chosen(&self, name: &str) -> Result<Chosen, Problem> {
        let settings = settings(&self.workspace(), name)?;
        Ok(Chosen { name: name.to_owned(), settings, password: None })
    }

    /// The source that a project's models are built in; for a folder, the one that its dbt profile names. None
    /// where there is neither.
    async fn chosen_for(&self, project: &str) -> Result<Option<Chosen>, Problem> {
        let target = self.target(project)?;
        if let Some(name) = &target.settings.source {
            return self.chosen(name).map(Some);
        }
        let found = self.blocking(move || target.profile_source()).await?;
        let name = "the dbt profile".to_owned();
        Ok(found.map(|(settings, password)| Chosen { name, settings, password }))
    }

    /// The source, opened with its secrets; the one from before where nothing of it has changed.
    async fn source(&self, chosen: &Chosen) -> Result<Arc<dyn Source>, Problem> {
        if let Some(open) = self.sources.of(chosen) {
            return Ok(open);
        }
        let connection = connection::resolved(self, &self.workspace(), chosen).await?;
        let opened = self.world.warehouses.open(connection);
        let source = opened.map_err(|error| failed::of_source(self, chosen, &error))?;
        self.sources.keep(chosen, &source);
        Ok(source)
    }

    /// A source and how long one query to it may take.
    async fn reach(&self, chosen: &Chosen, cancel: &CancellationToken) -> Result<(Arc<dyn Source>, Bounds), Problem> {
        Ok((self.source(chosen).await?, bounds(&chosen.settings, cancel)))
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
