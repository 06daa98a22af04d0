//! `ebb parse`: a dbt project, in a folder or of the workspace, as dbt's `manifest.json`.

use std::path::PathBuf;

use clap::Args;

use crate::problem::{Problem, Severity};

use super::Exit;
use super::dbt_arguments::DbtProject;
use super::failure::Failure;
use super::print::{Output, count, words};
use super::session::Session;
use super::told::tell;

#[derive(Args, Clone, Debug)]
pub(super) struct Parse {
    /// The folder of dbt_project.yml, as for --project-dir
    #[arg(value_name = "DIR", conflicts_with_all = ["project_dir", "name"])]
    folder: Option<PathBuf>,
    #[command(flatten)]
    project: DbtProject,
    /// Where to write [env: DBT_TARGET_PATH] [default: the project's target-path]
    #[arg(long, value_name = "DIR")]
    target_path: Option<PathBuf>,
}

pub(super) fn run(session: &Session, parse: &Parse, output: &mut Output) -> Result<Exit, Failure> {
    let mut project = parse.project.clone();
    if let Some(folder) = &parse.folder {
        project.set_folder(folder);
    }
    let loaded = project.load(session)?;
    let path = loaded.write_manifest(parse.target_path.as_deref(), &session.environment)?;
    let nodes = loaded.project.nodes.values().filter(|node| node.enabled).count() as u64;
    if output.json {
        output.json_lines([serde_json::json!({ "manifest": path, "nodes": nodes })])?;
    } else {
        output.remark(&format!("{} written into {}", count(nodes, "node"), words(&path.display().to_string())))?;
    }
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let told = tell(&loaded.problems.iter().filter(is_error).collect::<Vec<_>>(), output);
    loaded.keep();
    told
}
