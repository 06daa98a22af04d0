//! Contexts as templates meet them.

mod costs;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::*;
use crate::dbt::macros::Macros;
use crate::dbt::options::{Adapter, EnvAccess};
use crate::dbt::project::ProjectFile;
use crate::dbt::render::NativeRenderer;
use crate::jinja::{Interpreter, Limits, Template};

fn project(name: &str, vars: &Value) -> (String, ProjectFile) {
    let vars = vars.as_object().cloned().unwrap_or_default();
    (name.to_owned(), ProjectFile { name: name.to_owned(), vars, ..ProjectFile::default() })
}

fn shared(adapter: Adapter) -> Arc<Shared> {
    let target = Target {
        connection: IndexMap::new(),
        adapter,
        database: "db".to_owned(),
        schema: "sch".to_owned(),
        name: "dev".to_owned(),
        vars: IndexMap::from([("given".to_owned(), json!("outside"))]),
        env: EnvAccess::Only(BTreeMap::from([("DBT_ENV_SECRET_TOKEN".to_owned(), "hidden".to_owned())])),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::UNIX_EPOCH,
        invocation_id: "id".to_owned(),
    };
    let projects = IndexMap::from([
        project("root", &json!({"given": 1, "top": 1, "both": "root top", "pkg": {"both": "root for pkg"}})),
        project("pkg", &json!({"own": 2, "top": 2, "both": "pkg top"})),
    ]);
    Arc::new(Shared::new(target, projects, Macros::new("root", adapter, IndexMap::new())))
}

#[test]
fn variables_come_from_outside_the_root_and_the_package_in_that_order() {
    let shared = shared(Adapter::Postgres);
    let table = [
        ("root", "given", json!("outside")),
        ("root", "both", json!("root top")),
        ("pkg", "both", json!("root for pkg")),
        ("pkg", "top", json!(1)),
        ("pkg", "own", json!(2)),
        ("root", "own", Value::Null),
    ];
    for (package, name, expected) in table {
        assert_eq!(shared.var(package, name).unwrap_or_default(), expected, "{package} {name}");
        assert_eq!(shared.vars(package).get(name).cloned().unwrap_or_default(), expected, "{package} {name}");
    }
}

#[test]
fn a_target_speaks_its_adapters_words() {
    for (adapter, key, expected) in [
        (Adapter::Postgres, "dbname", "db"),
        (Adapter::BigQuery, "project", "db"),
        (Adapter::BigQuery, "dataset", "sch"),
        (Adapter::Databricks, "catalog", "db"),
        (Adapter::Snowflake, "database", "db"),
    ] {
        assert_eq!(shared(adapter).target.to_json()[key], expected);
    }
}

fn render(phase: Phase, text: &str) -> Result<Value, crate::dbt::render::TemplateError> {
    let shared = shared(Adapter::Postgres);
    let cancelled = AtomicBool::new(false);
    let mut interpreter = Interpreter::new(Limits::default(), &cancelled);
    NativeContext::new(Context::of_package(&shared, phase, "root", &Rc::default()), &mut interpreter).render(text)
}

#[test]
fn yaml_text_keeps_the_type_of_a_lone_expression() {
    for (text, expected) in [
        ("plain", json!("plain")),
        ("plain\n", json!("plain")),
        ("{{ var('top') }}", json!(1)),
        ("{{ var('top') }} ", json!("1 ")),
        ("{{ target.schema }}_x", json!("sch_x")),
        ("", json!("")),
    ] {
        assert_eq!(render(Phase::Yaml, text).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn a_project_file_sees_only_the_variables_from_outside() {
    assert_eq!(render(Phase::Project, "{{ var('given') }}").unwrap(), json!("outside"));
    assert_eq!(render(Phase::Project, "{{ var('top') }}").unwrap_err().code.as_str(), "DBT-VAR-MISSING");
}

#[test]
fn secrets_are_for_the_packages_file_alone() {
    let text = "{{ env_var('DBT_ENV_SECRET_TOKEN') }}";
    assert_eq!(render(Phase::Packages, text).unwrap(), json!("hidden"));
    for phase in [Phase::Project, Phase::Yaml] {
        assert_eq!(render(phase, text).unwrap_err().code.as_str(), "DBT-SECRET-ENV");
    }
}

#[test]
fn yaml_has_no_macros_and_no_nodes() {
    for text in ["{{ ref('a') }}", "{{ type_string() }}", "{{ this }}x{{ this.y }}"] {
        assert_eq!(render(Phase::Yaml, text).unwrap_err().code.as_str(), "DBT-MACRO-UNDEFINED", "{text}");
    }
}

#[test]
fn a_failure_says_which_macros_were_running_and_where_the_node_called() {
    let shared = shared(Adapter::Postgres);
    let node = Arc::new(Node {
        name: "n".to_owned(),
        package_name: "root".to_owned(),
        ..Node::new(crate::dbt::node::NodeKind::Model)
    });
    let context = Context::of_node(&shared, Phase::Names, node, &Rc::default());
    let cancelled = AtomicBool::new(false);
    let mut interpreter = Interpreter::new(Limits::default(), &cancelled);
    let template = Template::parse("n.sql", "select\n  {{ dbt.default__current_timestamp() }}").unwrap();
    let error = interpreter.render(&template, &context.scope()).unwrap_err();
    let failure = context.explain(&error);
    assert_eq!((failure.code.as_str(), failure.line, failure.column), ("DBT-COMPILE", 2, 6));
    assert_eq!(failure.message, "current_timestamp macro not implemented for adapter postgres");
    assert!(
        failure.stack[0].starts_with("macro default__current_timestamp (macros/dbt/dates.sql:"),
        "{:?}",
        failure.stack
    );
}

#[test]
fn what_a_template_keeps_in_its_context_is_there_for_the_rest_of_it() {
    for (text, expected) in [
        ("{% do context.update({'kept': 5}) %}{{ kept }}", json!(5)),
        ("{% do context.update(kept=6) %}{{ context.get('kept', 0) }}", json!(6)),
        ("{% do context.update({'kept': 1}) %}{% do context.update({'kept': 2}) %}{{ context['kept'] }}", json!(2)),
        ("{{ context.get('kept', 7) }}", json!(7)),
        ("{{ context.nothing_else is defined }}", json!(false)),
    ] {
        assert_eq!(render(Phase::Names, text).unwrap(), expected, "{text}");
    }
}

/// Judged by the `Column` of dbt-postgres, dbt-bigquery and dbt-databricks 1.7.
#[test]
fn a_number_is_of_the_adapters_own_type() {
    let numeric = |adapter, precision: i64| {
        let precision = if precision == 0 { crate::jinja::Value::None } else { precision.into() };
        column::numeric_type(adapter, "numeric", &precision, &6.into())
    };
    for (adapter, expected, without_precision) in [
        (Adapter::Postgres, "numeric(28,6)", "numeric"),
        (Adapter::BigQuery, "numeric", "numeric"),
        (Adapter::Databricks, "decimal(28,6)", "decimal"),
    ] {
        assert_eq!((numeric(adapter, 28).as_str(), numeric(adapter, 0).as_str()), (expected, without_precision));
    }
}
