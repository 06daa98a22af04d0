//! Models for the tests: a shop of the usual kind, and as many as are wanted.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::json;

use super::fixtures::{Screen, sync};
use crate::engine::{ConnectionView, MacroSummary, MacroView, ModelView, Overview, ProjectView};
use crate::store::{
    ArgumentRecord, Change, ColumnRecord, Kind, MacroRecord, ModelRecord, ModelSummary, ModelVersion, SyncId,
    SyncState, TestRecord,
};
use crate::tui::effect::Query;
use crate::tui::message::Message;

/// Name, folder, materialization of a small shop's models.
const SHOP: [(&str, &str, &str); 12] = [
    ("stg_customers", "staging", "view"),
    ("stg_orders", "staging", "view"),
    ("stg_payments", "staging", "view"),
    ("stg_products", "staging", "view"),
    ("int_order_payments", "intermediate", "ephemeral"),
    ("int_customer_orders", "intermediate", "ephemeral"),
    ("dim_customers", "marts/core", "table"),
    ("dim_products", "marts/core", "table"),
    ("fct_orders", "marts/core", "incremental"),
    ("fct_revenue_daily", "marts/finance", "table"),
    ("active_customers", "marts/marketing", "table"),
    ("lapsed_customers", "marts/marketing", "table"),
];

pub(in crate::tui) fn summary(project: &str, name: &str, folder: &str, materialized: &str) -> ModelSummary {
    ModelSummary {
        project: project.into(),
        unique_id: format!("model.{project}.{name}").into(),
        kind: Kind::Model,
        name: name.into(),
        path: format!("models/{folder}/{name}.sql").into(),
        folder: folder.into(),
        materialized: materialized.into(),
        tags: Arc::new(["nightly".into()]),
        enabled: true,
        broken: name == "fct_orders",
        change: (name == "dim_customers").then_some(Change::Changed),
    }
}

/// The shop's models and one of another project.
pub(in crate::tui) fn models() -> Arc<[ModelSummary]> {
    let shop = SHOP.iter().map(|(name, folder, materialized)| summary("shop", name, folder, materialized));
    shop.chain([summary("billing", "invoices", "marts", "table")]).collect()
}

/// So many models in folders of a hundred.
pub(in crate::tui) fn many(count: usize) -> Arc<[ModelSummary]> {
    let model = |number: usize| {
        summary("shop", &format!("stg_events_{number:06}"), &format!("staging/part_{:04}", number / 100), "view")
    };
    (0..count).map(model).collect()
}

pub(in crate::tui) fn column(name: &str, data_type: &str, description: &str, tests: &[&str]) -> ColumnRecord {
    ColumnRecord {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        description: description.to_owned(),
        tests: tests.iter().map(|name| test(name)).collect(),
        ..ColumnRecord::default()
    }
}

/// A test of this name that is given nothing.
fn test(name: &str) -> TestRecord {
    let unique_id = format!("test.shop.{name}_dim_customers.0123456789");
    TestRecord { name: name.to_owned(), unique_id, ..TestRecord::default() }
}

/// `status`, with all that a project can say of a column.
fn status() -> ColumnRecord {
    let values = TestRecord {
        arguments: [("values".to_owned(), json!(["active", "lapsed"]))].into(),
        severity: Some("warn".to_owned()),
        ..test("accepted_values")
    };
    ColumnRecord {
        tests: vec![test("not_null"), values],
        constraints: vec!["not null".to_owned(), "check (status <> '')".to_owned()],
        tags: vec!["crm".to_owned()],
        meta: [("owner".to_owned(), json!("crm")), ("pii".to_owned(), json!(false))].into(),
        ..column("status", "text", "Where they stand:\n\n- `active`: bought in the last year\n- `lapsed`: did not", &[])
    }
}

/// `dim_customers`, whole.
pub(in crate::tui) fn dim_customers() -> ModelRecord {
    let id = |name: &str| format!("model.shop.{name}");
    let config = [
        ("enabled", json!(true)),
        ("materialized", json!("table")),
        ("meta", json!({"owner": "crm"})),
        ("schema", json!(null)),
        ("tags", json!(["nightly"])),
    ];
    ModelRecord {
        unique_id: id("dim_customers"),
        kind: Kind::Model,
        name: "dim_customers".to_owned(),
        package: "shop".to_owned(),
        path: "models/marts/core/dim_customers.sql".to_owned(),
        folders: vec!["marts".to_owned(), "core".to_owned(), "dim_customers".to_owned()],
        materialized: "table".to_owned(),
        enabled: true,
        relation: Some("\"analytics\".\"analytics\".\"dim_customers\"".to_owned()),
        description: "One row for each customer, with what they have **bought** so far.".to_owned(),
        tags: vec!["nightly".to_owned()],
        config: config.map(|(key, value)| (key.to_owned(), value)).into_iter().collect::<IndexMap<_, _>>(),
        columns: vec![
            column("customer_id", "integer", "Primary key", &["unique", "not_null"]),
            column("email", "text", "As given at the first order, in small letters", &[]),
            column("lifetime_value", "numeric", "Sum of all payments, refunds taken off", &["not_null"]),
            status(),
        ],
        tests: vec![TestRecord {
            arguments: [("expression".to_owned(), json!("lifetime_value >= 0"))].into(),
            ..test("dbt_utils.expression_is_true")
        }],
        constraints: vec!["primary key (customer_id)".to_owned()],
        details: [("group", json!("crm")), ("meta", json!({"owner": "crm"}))]
            .map(|(key, value)| (key.to_owned(), value))
            .into(),
        raw_code: "select\n    c.customer_id,\n    lower(c.email) as email, -- as given\n    sum(p.amount) as lifetime_value\nfrom {{ ref('stg_customers') }} c\nleft join {{ ref('stg_payments') }} p using (customer_id)\ngroup by 1, 2\n".to_owned(),
        compiled_code: Some("select\n    c.customer_id\nfrom \"analytics\".\"analytics\".\"stg_customers\" c\n".to_owned()),
        parents: vec![id("stg_customers"), id("stg_payments")],
        children: vec![id("active_customers"), id("lapsed_customers"), "exposure.shop.crm".to_owned()],
        macros: vec!["macro.dbt_utils.star".to_owned()],
        problem: None,
    }
}

/// The macro that it uses.
fn star() -> MacroSummary {
    MacroSummary {
        unique_id: "macro.dbt_utils.star".to_owned(),
        name: "star".to_owned(),
        package: "dbt_utils".to_owned(),
        path: "macros/sql/star.sql".to_owned(),
        parameters: "from, relation_alias=False, except=[]".to_owned(),
    }
}

/// The same whole.
pub(in crate::tui) fn star_view() -> MacroView {
    let record = MacroRecord {
        unique_id: "macro.dbt_utils.star".to_owned(),
        name: "star".to_owned(),
        package: "dbt_utils".to_owned(),
        path: "macros/sql/star.sql".to_owned(),
        parameters: "from, relation_alias=False, except=[]".to_owned(),
        description: "All columns of a relation, but for those in `except`.".to_owned(),
        arguments: vec![ArgumentRecord {
            name: "from".to_owned(),
            data_type: "relation".to_owned(),
            description: "What to take the columns of".to_owned(),
        }],
        code: "{% macro star(from, relation_alias=False, except=[]) %}\n    {{ return(adapter.dispatch('star')(from)) }}\n{% endmacro %}\n".to_owned(),
        calls: vec!["macro.dbt_utils.default__star".to_owned()],
    };
    MacroView {
        project: "shop".to_owned(),
        record: Arc::new(record),
        used_by: vec!["model.shop.dim_customers".to_owned(), "model.shop.dim_products".to_owned()],
        called_by: Vec::new(),
    }
}

/// The same with its history: one change of the source.
pub(in crate::tui) fn dim_customers_view() -> ModelView {
    let record = Arc::new(dim_customers());
    let mut old = dim_customers();
    old.raw_code = old.raw_code.replace("lower(c.email) as email, -- as given", "c.email,");
    let version = |number: i64, hours: i64, record: &Arc<ModelRecord>| {
        let sync = sync(number, "shop", SyncState::Succeeded, 60 * hours);
        ModelVersion { sync: SyncId(number), at: sync.started_at, commit: sync.commit, record: Arc::clone(record) }
    };
    let versions = vec![version(13, 3, &record), version(9, 200, &Arc::new(old))];
    let as_of = Some(sync(13, "shop", SyncState::Succeeded, 5));
    ModelView { project: "shop".to_owned(), record, versions, problems: Vec::new(), macros: vec![star()], as_of }
}

/// Two projects behind a connection, one of them never synced, and one folder.
pub(in crate::tui) fn connected() -> Overview {
    let mut overview = super::fixtures::overview();
    let connection = ConnectionView {
        name: "acme".to_owned(),
        provider: "GitHub".to_owned(),
        auth: "SSH key ~/.ssh/ebb".to_owned(),
        projects: vec!["shop".to_owned(), "billing".to_owned()],
    };
    for project in &mut overview.projects {
        project.connection = Some(connection.name.clone());
    }
    let good = sync(13, "shop", SyncState::Succeeded, 5);
    if let Some(shop) = overview.projects.first_mut() {
        *shop = ProjectView { last_sync: Some(good.clone()), last_good: Some(good), ..shop.clone() };
    }
    overview.projects.push(ProjectView {
        name: "local".to_owned(),
        connection: None,
        repository: "/home/ann/local".to_owned(),
        project_path: "dbt_project.yml".to_owned(),
        folder: true,
        open_problems: 0,
        ..overview.projects.first().cloned().unwrap()
    });
    overview.connections.push(connection);
    overview
}

impl Screen {
    pub(in crate::tui) fn load_models(&mut self, models: Arc<[ModelSummary]>) {
        let generation = self.asked(&Query::Models).unwrap();
        self.send(Message::ModelsLoaded { generation, models });
    }

    pub(in crate::tui) fn load(&mut self, overview: Overview) {
        let generation = self.asked(&Query::Overview).unwrap();
        self.send(Message::OverviewLoaded { generation, overview: Box::new(overview) });
    }

    /// Waits until `dim_customers` is asked for, and answers.
    pub(in crate::tui) fn load_dim_customers(&mut self) {
        self.wait(100);
        let query = Query::Model { project: "shop".to_owned(), unique_id: "model.shop.dim_customers".to_owned() };
        let generation = self.asked(&query).unwrap();
        let view = dim_customers_view();
        self.send(Message::ModelLoaded { generation, model: Some(Box::new(view)) });
    }
}
