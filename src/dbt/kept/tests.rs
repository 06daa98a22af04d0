//! What is written comes back; what is damaged does not.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;

use super::read;
use crate::dbt::{Adapter, Again, Before, EnvAccess, KeptBytes, LoadOptions, MemoryTree, Work, load_again};

const PROJECT: [(&str, &str); 5] = [
    ("dbt_project.yml", "name: shop\nversion: '1.0'\nconfig-version: 2\nmodels:\n  shop:\n    +materialized: table\n"),
    ("models/raw.sql", "select 1 as id"),
    ("models/orders.sql", "select * from {{ ref('raw') }} where {{ var('since', 'true') }}"),
    (
        "models/shop.yml",
        "version: 2\nmodels:\n  - name: orders\n    columns:\n      - name: id\n        tests: [unique]\n",
    ),
    ("macros/m.sql", "{% macro m() %}1{% endmacro %}"),
];

fn options(cancelled: &AtomicBool) -> LoadOptions<'_> {
    LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "db".to_owned(),
        schema: "public".to_owned(),
        target_name: "dev".to_owned(),
        adapter: Adapter::Postgres,
        connection: IndexMap::new(),
        vars: IndexMap::new(),
        env: EnvAccess::Only(BTreeMap::new()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::UNIX_EPOCH,
        invocation_id: "test".to_owned(),
        cancelled,
    }
}

fn again(kept: Option<&Vec<u8>>) -> Again {
    let cancelled = AtomicBool::new(false);
    let before = Before { program: "p", kept: kept.map(|bytes| bytes as &dyn KeptBytes) };
    load_again(&MemoryTree::new(PROJECT), &options(&cancelled), before, &|_| {})
}

fn kept() -> Vec<u8> {
    let first = again(None);
    let mut bytes = Vec::new();
    first.keeping.unwrap().write(&first.loaded.project.unwrap(), &mut bytes).unwrap();
    bytes
}

#[test]
fn an_unchanged_project_comes_back_as_it_was_without_any_work() {
    let (first, bytes) = (again(None), kept());
    let second = again(Some(&bytes));
    assert_eq!((first.work, second.work), (Work::Everything, Work::Nothing));
    let (first, second) = (first.loaded.project.unwrap(), second.loaded.project.unwrap());
    assert_eq!(first.nodes, second.nodes);
    assert!(first.nodes.keys().eq(second.nodes.keys()));
    assert_eq!((first.children(), &first.macro_definitions), (second.children(), &second.macro_definitions));
}

#[test]
fn whatever_is_cut_off_is_not_taken() {
    let bytes = kept();
    assert!(read(&bytes, |_| true).is_some());
    for length in (0..bytes.len()).step_by(97).chain(bytes.len().saturating_sub(40)..bytes.len()) {
        assert!(read(&bytes[..length].to_vec(), |_| true).is_none(), "{length} of {}", bytes.len());
    }
}

#[test]
fn a_byte_that_changed_is_found_out() {
    let bytes = kept();
    for at in (0..bytes.len()).step_by(101) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        assert!(read(&changed, |_| true).is_none(), "byte {at} of {}", bytes.len());
    }
}

#[test]
fn damage_costs_a_load_and_nothing_else() {
    let mut bytes = kept();
    let half = bytes.len() / 2;
    bytes[half] ^= 0xff;
    let loaded = again(Some(&bytes));
    assert_eq!(loaded.work, Work::Everything);
    assert_eq!(loaded.loaded.project.unwrap().nodes.len(), 3);
}

#[test]
fn what_another_build_has_kept_is_not_taken() {
    let cancelled = AtomicBool::new(false);
    let bytes = kept();
    let before = Before { program: "another", kept: Some(&bytes) };
    let loaded = load_again(&MemoryTree::new(PROJECT), &options(&cancelled), before, &|_| {});
    assert_eq!(loaded.work, Work::Everything);
}
