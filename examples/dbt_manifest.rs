//! Loads a dbt project from a folder and prints what the native engine made of it, in the shape of dbt's
//! `manifest.json`: for comparing the two.
//!
//! `cargo run --example dbt_manifest -- PROJECT_FOLDER ADAPTER DATABASE SCHEMA [VARS_AS_JSON]`

#![expect(clippy::print_stderr, reason = "a program for the terminal")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use ebbtide::dbt::{
    Adapter, EnvAccess, FileEntry, FileTree, LoadOptions, ManifestFacts, ReadError, load, write_manifest,
};
use serde_json::{Map, Value};

struct Folder(PathBuf);

impl Folder {
    fn walk(&self, folder: &Path, files: &mut Vec<FileEntry>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            let Ok(metadata) = std::fs::metadata(&path) else { continue };
            let Ok(relative) = path.strip_prefix(&self.0) else { continue };
            let relative = relative.to_string_lossy().into_owned();
            if metadata.is_dir() && relative.matches('/').count() < 12 {
                self.walk(&path, files);
            } else if metadata.is_file() {
                files.push(FileEntry { path: relative, size: metadata.len(), stamp: None });
            }
        }
    }
}

impl FileTree for Folder {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let mut files = Vec::new();
        self.walk(&self.0.join(folder), &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let unreadable =
            |error: std::io::Error| ReadError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        std::fs::read(self.0.join(path)).map_err(unreadable)
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, adapter, database, schema, ..] = args.as_slice() else {
        eprintln!("dbt_manifest PROJECT_FOLDER ADAPTER DATABASE SCHEMA [VARS_AS_JSON]");
        return;
    };
    let adapter = match adapter.as_str() {
        "redshift" => Adapter::Redshift,
        "snowflake" => Adapter::Snowflake,
        "bigquery" => Adapter::BigQuery,
        "databricks" => Adapter::Databricks,
        "duckdb" => Adapter::DuckDb,
        "sqlite" => Adapter::Sqlite,
        "trino" => Adapter::Trino,
        _ => Adapter::Postgres,
    };
    let vars = args.get(4).and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok()).unwrap_or_default();
    let cancelled = AtomicBool::new(false);
    let options = LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: database.clone(),
        schema: schema.clone(),
        target_name: "dev".to_owned(),
        adapter,
        connection: indexmap::IndexMap::new(),
        vars: vars.into_iter().collect(),
        env: EnvAccess::Process(std::env::vars().collect::<BTreeMap<_, _>>()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::now(),
        invocation_id: "parity".to_owned(),
        cancelled: &cancelled,
    };
    let started = std::time::Instant::now();
    let loaded = load(&Folder(PathBuf::from(folder)), &options, &|_| {});
    eprintln!("loaded in {:?}, {} problems", started.elapsed(), loaded.problems.len());
    for problem in &loaded.problems {
        let place = problem.place.as_ref().map(|place| format!("{}:{}:{}", place.file, place.line, place.column));
        eprintln!("{:?} {} {} {}", problem.severity, problem.code, place.unwrap_or_default(), problem.summary);
    }
    let Some(project) = loaded.project else { return };
    let facts = ManifestFacts {
        dbt_version: options.dbt_version.clone(),
        generated_at: options.run_started_at,
        invocation_id: options.invocation_id.clone(),
        adapter,
        env: BTreeMap::new(),
        root_path: folder.clone(),
        selectors: Map::new(),
    };
    if let Err(error) = write_manifest(&project, &facts, &mut std::io::stdout().lock()) {
        eprintln!("{error}");
    }
}
