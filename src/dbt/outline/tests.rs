use std::sync::atomic::AtomicBool;

use super::*;
use crate::dbt::{Adapter, Asked, EnvAccess, LoadOptions, MemoryTree, Selectors, State, Wanted, load, select};

const FILES: &[(&str, &str)] = &[
    ("dbt_project.yml", "name: shop\nversion: '1.0'\nmodels: {shop: {marts: {+materialized: table, +group: sales}}}\n"),
    (
        "models/staging/stg_orders.sql",
        "{{ config(tags=['nightly']) }} select {{ cents('a') }} from {{ source('web', 'orders') }}",
    ),
    ("models/marts/orders.sql", "select * from {{ ref('stg_orders') }}"),
    ("models/marts/orders_v2.sql", "select 2 as id from {{ ref('stg_orders') }}"),
    ("models/marts/empty.sql", ""),
    (
        "models/all.yml",
        "
models:
  - name: orders
    access: public
    description: All of them
    latest_version: 1
    versions: [{v: 1, defined_in: orders}, {v: 2}]
    columns: [{name: id, description: Key, tests: [unique, {not_null: {severity: warn}}]}]
sources: [{name: web, freshness: {warn_after: {count: 1, period: day}}, tables: [{name: orders}]}]
exposures: [{name: board, type: dashboard, owner: {name: Ann, email: a@b.c}, depends_on: [ref('orders')]}]
groups: [{name: sales, owner: {name: Ann}}]
",
    ),
    ("seeds/countries.csv", "a,b\n1,2\n"),
    (
        "snapshots/s.sql",
        "{% snapshot s %}{{ config(target_schema='x', unique_key='id', strategy='check', check_cols='all') }}select * from {{ ref('orders') }}{% endsnapshot %}",
    ),
    ("analyses/look.sql", "select * from {{ ref('orders', v=2) }}"),
    ("tests/singular.sql", "select * from {{ ref('orders') }}"),
    ("macros/cents.sql", "{% macro cents(a) %}{{ other() }}{% endmacro %}{% macro other() %}1{% endmacro %}"),
];

fn project(files: &[(&str, &str)]) -> Project {
    let never = AtomicBool::new(false);
    let options = LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "db".to_owned(),
        schema: "analytics".to_owned(),
        target_name: "prod".to_owned(),
        adapter: Adapter::Postgres,
        connection: IndexMap::new(),
        vars: IndexMap::new(),
        env: EnvAccess::Only([].into()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::UNIX_EPOCH,
        invocation_id: "one".to_owned(),
        cancelled: &never,
    };
    load(&MemoryTree::new(files.iter().copied()), &options, &|_| {}).project.unwrap()
}

/// Written and read again.
fn kept(project: &Project) -> Project {
    let body = serde_json::to_string(&Outline::of(project)).unwrap();
    serde_json::from_str::<Outline>(&body).unwrap().into_project()
}

/// `unique_id`s, or the refusal.
fn selected(project: &Project, words: &str, state: Option<&State>) -> Result<Vec<String>, String> {
    let asked = Asked { select: words.split(' ').map(str::to_owned).collect(), ..Asked::default() };
    let kinds = NodeKind::ALL.map(NodeKind::resource_type);
    let wanted = Wanted { resource_types: &kinds, state, with_empty: false };
    let spec = asked.spec(&Selectors::default()).map_err(|error| error.to_string())?;
    select(project, &spec, &wanted).map(|selected| selected.ids).map_err(|error| error.to_string())
}

/// `files` with one of them written anew.
fn changed<'f>(path: &str, from: &str, to: &str) -> Vec<(&'f str, String)> {
    FILES
        .iter()
        .map(|(one, text)| (*one, if *one == path { text.replace(from, to) } else { (*text).to_owned() }))
        .collect()
}

#[test]
fn selections_on_an_outline_are_those_on_the_project() {
    let whole = project(FILES);
    let outline = kept(&whole);
    let mut found = 0;
    for words in [
        "+orders",
        "orders.v2+",
        "@stg_orders",
        "tag:nightly",
        "path:models/marts",
        "path:models/all.yml",
        "file:orders_v2.sql",
        "source:web+1",
        "+exposure:board",
        "config.materialized:table",
        "config.severity:WARN",
        "group:sales",
        "access:public",
        "access:protected",
        "package:shop",
        "test_name:unique",
        "test_type:singular",
        "test_type:generic",
        "resource_type:snapshot",
        "version:latest",
        "version:old",
        "shop.marts.*",
        "fqn:*",
        "state:new",
        "nope:x",
    ] {
        let expected = selected(&whole, words, None);
        found += expected.as_ref().map_or(0, Vec::len);
        assert_eq!(selected(&outline, words, None), expected, "{words}");
    }
    assert!(found > 60, "the table asks for something: {found}");
}

#[test]
fn state_on_outlines_is_that_of_the_projects() {
    let before = project(FILES);
    for (path, from, to) in [
        ("models/marts/orders.sql", "select *", "select 1, *"),
        ("dbt_project.yml", "+materialized: table", "+materialized: view"),
        ("models/all.yml", "access: public", "access: private"),
        ("models/all.yml", "period: day", "period: hour"),
        ("models/all.yml", "type: dashboard", "type: notebook"),
        ("models/all.yml", "severity: warn", "severity: error"),
        ("models/all.yml", "latest_version: 1", "latest_version: 2"),
        ("seeds/countries.csv", "1,2", "1,3"),
        ("macros/cents.sql", "}1{", "}2{"),
        ("macros/cents.sql", "other()", "other( )"),
    ] {
        let files = changed(path, from, to);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let after = project(&files);
        let (state, outlined) = (State::of_project(before.clone()), State::of_project(kept(&before)));
        for question in
            ["state:modified", "state:new", "state:modified.body", "state:modified.configs", "state:modified.macros+"]
        {
            let expected = selected(&after, question, Some(&state)).unwrap();
            assert_eq!(selected(&kept(&after), question, Some(&outlined)).unwrap(), expected, "{question} after {to}");
        }
        assert_ne!(kept(&after).nodes.len(), 0);
        let is_seen = selected(&after, "state:modified", Some(&state)).unwrap().is_empty();
        assert!(!is_seen, "{to} is a change");
    }
}

#[test]
fn an_outline_has_none_of_the_texts() {
    let body = serde_json::to_string(&Outline::of(&project(FILES))).unwrap();
    for text in ["select", "All of them", "endmacro"] {
        assert!(!body.contains(text), "{text}");
    }
    assert_eq!(Outline::of(&project(FILES)), Outline::of(&project(FILES)), "the same project has the same outline");
}
