//! The running project's settings, as macros reach them through `ref.config` and `adapter.config`.

use serde_json::{Map, Value as Json, json};

use super::Shared;
use crate::dbt::project::ProjectFile;
use crate::dbt::relation::QuotePolicy;
use crate::jinja::Value;

/// `builtins.ref.config` and `adapter.config`.
pub(super) fn runtime_config(shared: &Shared) -> Value {
    let root = shared.root();
    let policy = QuotePolicy::of(shared.target.adapter).with(root.map(|root| root.quoting).unwrap_or_default());
    let dependencies: Map<String, Json> =
        shared.projects.iter().map(|(name, project)| (name.clone(), about(project))).collect();
    let mut config = root.map(about).unwrap_or_default();
    if let Json::Object(config) = &mut config {
        config.insert("target_name".to_owned(), json!(shared.target.name));
        config.insert("dependencies".to_owned(), Json::Object(dependencies));
        let quoting = json!({"database": policy.database, "schema": policy.schema, "identifier": policy.identifier});
        config.insert("quoting".to_owned(), quoting);
        config.insert("credentials".to_owned(), shared.target.to_json());
    }
    Value::from_json(&config)
}

fn about(project: &ProjectFile) -> Json {
    json!({
        "project_name": project.name,
        "version": project.version,
        "model_paths": project.model_paths,
        "seed_paths": project.seed_paths,
        "macro_paths": project.macro_paths,
        "test_paths": project.test_paths,
        "vars": {"vars": project.vars},
    })
}
