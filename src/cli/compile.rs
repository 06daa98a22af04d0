//! `ebb compile`: the SQL of a dbt project's nodes, in a folder or of the workspace, written where dbt writes it.

use std::path::PathBuf;

use clap::Args;

use crate::engine::FolderProject;
use crate::problem::{Problem, Severity, Subject};

use super::Exit;
use super::dbt_arguments::{DbtProject, DbtSelection};
use super::failure::Failure;
use super::print::{Output, count, words};
use super::session::Session;
use super::told::tell;

#[derive(Args, Clone, Debug)]
pub(super) struct Compile {
    /// Nodes to compile, as for --select [default: all]
    #[arg(value_name = "SELECTION")]
    selected: Vec<String>,
    #[command(flatten)]
    project: DbtProject,
    #[command(flatten)]
    selection: DbtSelection,
    /// Where to write [env: DBT_TARGET_PATH] [default: the project's target-path]
    #[arg(long, value_name = "DIR")]
    target_path: Option<PathBuf>,
}

/// The kinds of nodes that dbt compiles.
const KINDS: [&str; 5] = ["model", "test", "snapshot", "analysis", "seed"];

pub(super) fn run(session: &Session, compile: &Compile, output: &mut Output) -> Result<Exit, Failure> {
    let loaded = compile.project.load(session)?;
    let mut asked = compile.selection.asked();
    asked.select.extend(compile.selected.iter().cloned());
    let selected = loaded.select(&asked, &KINDS, false)?;
    for remark in &selected.remarks {
        output.remark(&words(remark))?;
    }
    let written = loaded.write_compiled(&selected.ids, compile.target_path.as_deref(), &session.environment)?;
    if output.json {
        output.json_lines(written.files.iter().map(|file| {
            let sql = loaded.project.nodes.get(&file.unique_id).and_then(|node| node.compiled_code.as_deref());
            serde_json::json!({ "unique_id": file.unique_id, "path": file.path, "compiled_code": sql })
        }))?;
    } else if let Some(sql) = only_one(&loaded, &selected.ids, &asked.select) {
        output.line(crate::problem::clean(sql))?;
    }
    let folder = words(&written.target.join("compiled").display().to_string());
    output.remark(&format!("{} written into {folder}", count(written.files.len() as u64, "compiled node")))?;
    let told = tell(&concerning(&loaded, &selected.ids), output);
    loaded.keep();
    told
}

/// The SQL of the one node that was asked for by its name.
fn only_one<'l>(loaded: &'l FolderProject, ids: &[String], asked: &[String]) -> Option<&'l str> {
    let [name] = asked else { return None };
    let mut named = ids.iter().filter_map(|id| loaded.project.nodes.get(id)).filter(|node| node.name == *name);
    match (named.next(), named.next()) {
        (Some(node), None) => node.compiled_code.as_deref(),
        _ => None,
    }
}

/// What keeps these nodes from being compiled, or dbt from compiling anything: their own problems, and those of the
/// project as a whole.
fn concerning<'l>(loaded: &'l FolderProject, ids: &[String]) -> Vec<&'l Problem> {
    let is_meant = |id: &String| ids.binary_search(id).is_ok() || !loaded.project.nodes.contains_key(id);
    let has_no_sql = |id: &String| loaded.project.nodes.get(id).is_some_and(|node| node.compiled_code.is_none());
    let concerns = |problem: &&Problem| match &problem.subject {
        Subject::Model { model, .. } if !is_meant(model) => false,
        Subject::Model { model, .. } if has_no_sql(model) => problem.severity > Severity::Notice,
        _ => problem.severity == Severity::Error,
    };
    loaded.problems.iter().filter(concerns).collect()
}
