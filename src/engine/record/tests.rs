use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::json;

use super::described::constraints;
use super::records;
use crate::dbt::{Adapter, EnvAccess, LoadOptions, MemoryTree, Project};
use crate::problem::Problem;
use crate::store::{ModelRecord, tests_in_words};

const YAML: &str = "
models:
  - name: orders
    description: All of them
    group: sales
    access: public
    config: {contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [id]}]
    tests:
      - enough: {rows: 3}
    columns:
      - name: id
        data_type: integer
        description: Key
        constraints: [{type: not_null}, {type: check, expression: id > 0}]
        tags: [key]
        meta: {pii: true}
        tests: [unique, {not_null: {where: id > 1, severity: warn}}]
      - name: status
        data_type: text
        tests:
          - accepted_values: {values: [placed, shipped]}
          - unique: {enabled: false}
groups: [{name: sales, owner: {name: Ann}}]
exposures:
  - {name: board, type: dashboard, owner: {name: Ann, email: a@b.c}, url: 'https://b.c', depends_on: [ref('orders')]}
sources:
  - {name: web, description: The site, loader: airbyte, tables: [{name: views, description: One a view}]}
";

/// A project of these files, loaded.
fn loaded(files: &[(&str, &str)]) -> (Project, Vec<Problem>) {
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
        run_started_at: Timestamp::UNIX_EPOCH,
        invocation_id: "one".to_owned(),
        cancelled: &never,
    };
    let loaded = crate::dbt::load(&MemoryTree::new(files.iter().copied()), &options, &|_| {});
    (loaded.project.unwrap(), loaded.problems)
}

const SHOP: &[(&str, &str)] = &[
    ("dbt_project.yml", "name: shop\nversion: '1.0'\n"),
    ("models/orders.sql", "select 1 as id"),
    ("models/all.yml", YAML),
    ("macros/enough.sql", "{% test enough(model, rows) %}select 1{% endtest %}"),
    ("tests/singular.sql", "select * from {{ ref('orders') }}"),
];

fn recorded() -> Vec<ModelRecord> {
    let (project, problems) = loaded(SHOP);
    records(&project, &problems).0
}

fn of(name: &str) -> ModelRecord {
    recorded().into_iter().find(|record| record.name == name).unwrap()
}

#[test]
fn columns_have_their_tests_with_arguments_and_constraints() {
    let orders = of("orders");
    let id = &orders.columns[0];
    assert_eq!(tests_in_words(&id.tests), "unique, not_null(where: id > 1) as warn");
    assert_eq!(id.tests[0].unique_id.split('.').nth(2), Some("unique_orders_id"));
    assert_eq!((id.constraints.join(", ").as_str(), id.tags.join(",").as_str()), ("not null, check (id > 0)", "key"));
    assert_eq!(id.meta.get("pii"), Some(&json!(true)));
    let status = &orders.columns[1];
    assert_eq!(tests_in_words(&status.tests), "accepted_values(values: [placed, shipped])", "a disabled one is none");
}

#[test]
fn a_model_has_its_own_tests_and_the_singular_ones() {
    assert_eq!(tests_in_words(&of("orders").tests), "singular, enough(rows: 3)");
}

#[test]
fn what_else_is_said_is_kept_by_kind() {
    let orders = of("orders");
    assert_eq!(orders.constraints, ["primary key (id)"]);
    assert_eq!(orders.details.keys().collect::<Vec<_>>(), ["group", "access"]);
    let board = of("board");
    assert_eq!(board.details.get("owner"), Some(&json!({"name": "Ann", "email": "a@b.c"})));
    assert_eq!(of("web.views").details.get("source_description"), Some(&json!("The site")));
}

#[test]
fn a_constraint_that_makes_no_sense_is_left_out() {
    assert_eq!(constraints(&[json!(1), json!({"type": ""}), json!({"type": "unique"})]), ["unique"]);
    let foreign = json!({"type": "foreign_key", "expression": "references a (b)", "columns": ["c", "d"]});
    assert_eq!(constraints(&[foreign]), ["foreign key (c, d) references a (b)"]);
}
