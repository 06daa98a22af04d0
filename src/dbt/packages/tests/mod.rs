//! The pure part of packages, held against dbt Core's own answers where `tests/deps/ask_dbt.py` has
//! written them down.

mod asked;
mod lock;
mod resolving;
mod versions;

use std::sync::atomic::AtomicBool;

use super::*;
use crate::dbt::{Adapter, EnvAccess, LoadOptions, MemoryTree};
use crate::problem::Problem;

/// How the tests load a project.
fn options(cancelled: &AtomicBool) -> LoadOptions<'_> {
    LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "db".to_owned(),
        schema: "s".to_owned(),
        target_name: "t".to_owned(),
        adapter: Adapter::Postgres,
        connection: indexmap::IndexMap::new(),
        vars: indexmap::IndexMap::new(),
        env: EnvAccess::Only([("DBT_ENV_SECRET_TOKEN".to_owned(), "hunter22".to_owned())].into()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::UNIX_EPOCH,
        invocation_id: String::new(),
        cancelled,
    }
}

/// A project of these files beside its `dbt_project.yml`.
fn tree(files: &[(&str, &str)]) -> MemoryTree {
    let project = [("dbt_project.yml", "name: shop\nversion: '1.0'\n")];
    MemoryTree::new(project.iter().chain(files).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
}

fn wanted(files: &[(&str, &str)]) -> Result<WantedPackages, Vec<Problem>> {
    wanted_packages(&tree(files), &options(&AtomicBool::new(false)))
}
