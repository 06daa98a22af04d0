//! Projects from text, loaded as a sync loads them.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use ebbtide::dbt::{self, Adapter, EnvAccess, LoadOptions, Loaded, MemoryTree};

/// One case of a data file: `#### name`, then files after `--- path`, then expectations after `====`.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) expected: Vec<String>,
}

/// One `#[test]` for every case of a data file; a case that has no test, or the reverse, fails.
#[macro_export]
macro_rules! cases {
    ($file:literal, $check:path; $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let case = support::cases(include_str!($file)).into_iter().find(|case| case.name == stringify!($name));
                $check(&case.expect("a case of that name"));
            }
        )*

        #[test]
        fn every_case_has_its_test() {
            let written: Vec<String> = support::cases(include_str!($file)).into_iter().map(|case| case.name).collect();
            assert_eq!(written, [$(stringify!($name)),*]);
        }
    };
}

/// The cases of a data file, each over a project `p` with one sound model.
pub(crate) fn cases(text: &str) -> Vec<Case> {
    let blocks = text.split("\n#### ").skip(1);
    blocks.map(case).collect()
}

fn case(block: &str) -> Case {
    let (name, rest) = block.split_once('\n').unwrap_or((block, ""));
    let (files, expected) = rest.split_once("\n====").unwrap_or((rest.trim_start_matches("===="), ""));
    let mut case = Case { name: name.trim().to_owned(), files: base(), ..Case::default() };
    for part in format!("\n{files}").split("\n--- ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        case.files.insert(path.trim().to_owned(), text.to_owned());
    }
    case.expected = expected
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    case
}

fn base() -> BTreeMap<String, String> {
    [("dbt_project.yml", "name: p\nversion: '1.0'\n"), ("models/a.sql", "select 1 as id")]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}

/// How a test loads a project.
pub(crate) fn options(cancelled: &AtomicBool) -> LoadOptions<'_> {
    LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "analytics".to_owned(),
        schema: "dev".to_owned(),
        target_name: "dev".to_owned(),
        adapter: Adapter::Postgres,
        connection: indexmap::IndexMap::new(),
        vars: indexmap::IndexMap::new(),
        env: EnvAccess::Only(BTreeMap::from([("KNOWN".to_owned(), "known value".to_owned())])),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::from_second(1_714_979_289).unwrap_or_default(),
        invocation_id: "00000000-0000-0000-0000-000000000000".to_owned(),
        cancelled,
    }
}

/// How a case is loaded: for Postgres, unless a file `@adapter` says otherwise; with the variables of a file
/// `@vars`, and for the dbt of a file `@version`. Those files are taken out.
pub(crate) fn case_options<'a>(files: &mut BTreeMap<String, String>, cancelled: &'a AtomicBool) -> LoadOptions<'a> {
    let mut options = options(cancelled);
    options.adapter = match files.remove("@adapter").unwrap_or_default().trim() {
        "bigquery" => Adapter::BigQuery,
        "snowflake" => Adapter::Snowflake,
        "redshift" => Adapter::Redshift,
        "databricks" => Adapter::Databricks,
        "duckdb" => Adapter::DuckDb,
        "trino" => Adapter::Trino,
        "sqlite" => Adapter::Sqlite,
        _ => Adapter::Postgres,
    };
    if let Some(vars) = files.remove("@vars") {
        options.vars = serde_json::from_str(&vars).expect("variables as JSON");
    }
    if let Some(version) = files.remove("@version") {
        version.trim().clone_into(&mut options.dbt_version);
    }
    options
}

/// Loads files as a project, as [`case_options`] says.
pub(crate) fn load(mut files: BTreeMap<String, String>) -> Loaded {
    let cancelled = AtomicBool::new(false);
    let options = case_options(&mut files, &cancelled);
    dbt::load(&MemoryTree::new(files), &options, &|_| {})
}

/// Loads `(path, text)` pairs.
pub(crate) fn load_pairs(files: &[(&str, &str)]) -> Loaded {
    load(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}
