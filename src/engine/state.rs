//! The state folder that `--state` names: the project of another time, and what a run of it came to.

use std::fs;
use std::path::Path;

use crate::dbt::{State, from_manifest};
use crate::problem::{Code, Problem, Subject};

/// Largest file read, in bytes: ten times the manifest of a project of 10,000 models.
const LARGEST: u64 = 1 << 30;

/// Reads `manifest.json`, and `run_results.json` where it is there.
pub(super) fn read(folder: &Path, project: &str) -> Result<State, Problem> {
    let path = folder.join("manifest.json");
    let shown = path.display().to_string();
    let bytes = bytes(&path).map_err(|reason| {
        let subject = Subject::Project { name: project.to_owned() };
        Problem::new(Code::new("DBT-MANIFEST"), subject, format!("There is no manifest at {shown}")).with_raw(reason)
    })?;
    let before = from_manifest(&bytes, "").map_err(|error| error.to_problem(project, &shown))?;
    let state = State::of_project(before);
    let results = self::bytes(&folder.join("run_results.json")).ok();
    let results = results.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    Ok(match results {
        Some(results) => state.with_results(&results),
        None => state,
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let facts = fs::metadata(path).map_err(|error| error.to_string())?;
    if !facts.is_file() || facts.len() > LARGEST {
        return Err(format!("it is no file of at most {LARGEST} bytes"));
    }
    fs::read(path).map_err(|error| error.to_string())
}
