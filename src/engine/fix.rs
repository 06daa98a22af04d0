//! The use case "apply a fix": shows what it would change, does it, and tries again.

use std::path::PathBuf;

use crate::problem::{Action, Code, Fix, Problem, Subject};
use crate::store::{Cause, ProblemId, ProblemRecord};
use crate::workspace::Location;
use crate::workspace::edit::{self, Change};

use super::events::{EventKind, JobId};
use super::handle::Engine;
use super::host_trust::TrustedKey;
use super::packages::DepsRequest;
use super::views::FixPreview;

/// Applies a fix and tells how it went.
pub(super) async fn apply(engine: &Engine, job: JobId, id: ProblemId, index: usize) {
    let (project, title, result) = match find(engine, id, index).await {
        Ok((record, fix)) => {
            let done = carry_out(engine, id, &fix).await;
            (record.problem.subject.project().map(str::to_owned), fix.title, done)
        }
        Err(problem) => (None, String::new(), Err(problem)),
    };
    let (sync, error) = match result {
        Ok(sync) => (sync, None),
        Err(problem) => (None, Some(problem.summary)),
    };
    engine.core.tell(EventKind::FixApplied { job, project, problem: id, title, sync, error });
}

/// What the fix would change, as lines to show.
pub(super) async fn preview(engine: &Engine, id: ProblemId, index: usize) -> Result<FixPreview, Problem> {
    let (_, fix) = find(engine, id, index).await?;
    let lines = match fix.action {
        Action::Set { key, value, .. } => {
            let file = file(engine)?;
            let (version, environment) =
                (engine.core.workspace().version.clone(), engine.core.world.environment.clone());
            let change = [Change::Set { key, value }];
            let edited = engine.core.blocking(move || edit::preview(&file, &version, &change, &environment)).await?;
            edited.map_err(|error| error.to_problem())?.diff
        }
        Action::Copy { text } => text.lines().map(str::to_owned).collect(),
        Action::Sync { project } => vec![format!("sync {project} again")],
        Action::InstallPackages { project } => vec![
            format!("fetch the packages of {project}, as ebb deps does"),
            "write package-lock.yml and the packages folder".to_owned(),
            format!("load {project} again"),
        ],
        Action::TrustHost { host, key, fingerprint, sync } => {
            let file = engine.core.world.paths.known_hosts();
            let mut lines = vec![
                format!("trust {host} by its key {fingerprint}"),
                format!("write to {}:", file.display()),
                format!("  {key}"),
            ];
            lines.extend(sync.map(|project| format!("sync {project} again")));
            lines
        }
        Action::Open { file, line } => vec![format!("open {file} at line {line}")],
        Action::Read => vec![fix.title],
    };
    Ok(FixPreview { lines })
}

async fn find(engine: &Engine, id: ProblemId, index: usize) -> Result<(ProblemRecord, Fix), Problem> {
    let record = engine.core.in_store(move |store| store.problem(id)).await?;
    let Some(record) = record else {
        let summary = format!("There is no problem {} in this workspace", id.0);
        return Err(Problem::new(Code::new("PROBLEM-UNKNOWN"), Subject::Workspace, summary));
    };
    let Some(fix) = record.problem.fixes.get(index).cloned() else {
        let summary = format!("Problem {} has no fix {}", id.0, index + 1);
        return Err(Problem::new(Code::new("PROBLEM-UNKNOWN"), record.problem.subject, summary));
    };
    Ok((record, fix))
}

async fn carry_out(engine: &Engine, id: ProblemId, fix: &Fix) -> Result<Option<JobId>, Problem> {
    match fix.action.clone() {
        Action::Set { key, value, sync } => {
            let file = file(engine)?;
            let (version, environment) =
                (engine.core.workspace().version.clone(), engine.core.world.environment.clone());
            let how = format!("{key} set to {value}");
            let edited = engine.core.blocking(move || edit::set(&file, &version, &key, &value, &environment)).await?;
            edited.map_err(|error| error.to_problem())?;
            engine.reload().await.map_err(first)?;
            Ok(sync.map(|project| engine.sync(&project, Cause::Fix, Some((id, how)))))
        }
        Action::Sync { project } => Ok(Some(engine.sync(&project, Cause::Fix, Some((id, "synced again".to_owned()))))),
        Action::InstallPackages { project } => {
            engine.install_packages(&project, DepsRequest::default()).await.map_err(first)?;
            Ok(Some(engine.sync(&project, Cause::Fix, Some((id, "packages fetched".to_owned())))))
        }
        Action::TrustHost { host, key, sync, .. } => {
            let how = format!("{host} is trusted");
            engine.trust_host(TrustedKey { host, line: key }).await?;
            Ok(sync.map(|project| engine.sync(&project, Cause::Fix, Some((id, how)))))
        }
        // The face that asked shows, copies or opens these; there is nothing to carry out here.
        Action::Copy { .. } | Action::Open { .. } | Action::Read => Ok(None),
    }
}

fn first(problems: Vec<Problem>) -> Problem {
    let unknown = || Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, "ebb could not go on");
    problems.into_iter().next().unwrap_or_else(unknown)
}

fn file(engine: &Engine) -> Result<PathBuf, Problem> {
    match &engine.core.workspace().location {
        Location::File(file) => Ok(file.clone()),
        Location::Folder(_) | Location::None => {
            let summary = "There is no ebb.toml to change: this workspace is a folder opened without set-up";
            Err(Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, summary))
        }
    }
}
