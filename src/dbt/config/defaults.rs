//! The configuration that a node has before anybody says a word, in dbt's order of keys.

use serde_json::{Value, json};

use super::Config;

/// Kinds of nodes by their configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ConfigKind {
    Model,
    Seed,
    Snapshot,
    Test,
    /// Analyses and on-run hooks: a model's keys without `access`.
    Other,
    Source,
    Exposure,
    Metric,
    SemanticModel,
    SavedQuery,
}

impl ConfigKind {
    /// The key of `dbt_project.yml` that holds the tree for this kind.
    pub(crate) fn project_key(self) -> &'static str {
        match self {
            Self::Seed => "seeds",
            Self::Snapshot => "snapshots",
            Self::Test => "tests",
            Self::Source => "sources",
            Self::Exposure => "exposures",
            Self::Metric => "metrics",
            Self::SemanticModel => "semantic-models",
            Self::SavedQuery => "saved-queries",
            Self::Model | Self::Other => "models",
        }
    }
}

/// The defaults of a kind.
pub(crate) fn defaults(kind: ConfigKind) -> Config {
    match kind {
        ConfigKind::Source | ConfigKind::Exposure => object(json!({"enabled": true})),
        ConfigKind::Metric => object(json!({"enabled": true, "group": null})),
        ConfigKind::SemanticModel => object(json!({"enabled": true, "group": null, "meta": {}})),
        ConfigKind::SavedQuery => {
            object(json!({"enabled": true, "group": null, "meta": {}, "export_as": null, "schema": null}))
        }
        ConfigKind::Test => test_defaults(),
        ConfigKind::Model | ConfigKind::Seed | ConfigKind::Snapshot | ConfigKind::Other => node_defaults(kind),
    }
}

fn node_defaults(kind: ConfigKind) -> Config {
    let materialized = match kind {
        ConfigKind::Seed => "seed",
        ConfigKind::Snapshot => "snapshot",
        _ => "view",
    };
    let mut config = object(json!({
        "enabled": true, "alias": null, "schema": null, "database": null, "tags": [], "meta": {}, "group": null,
        "materialized": materialized, "incremental_strategy": null, "persist_docs": {}, "post-hook": [],
        "pre-hook": [], "quoting": {}, "column_types": {}, "full_refresh": null, "unique_key": null,
        "on_schema_change": "ignore", "on_configuration_change": "apply", "grants": {}, "packages": [],
        "docs": {"show": true, "node_color": null}, "contract": {"enforced": false, "alias_types": true},
    }));
    let more = match kind {
        ConfigKind::Model => json!({"access": "protected"}),
        ConfigKind::Seed => json!({"delimiter": ",", "quote_columns": null}),
        ConfigKind::Snapshot => json!({
            "strategy": null, "target_schema": null, "target_database": null, "updated_at": null, "check_cols": null
        }),
        _ => json!({}),
    };
    config.extend(object(more));
    config
}

fn test_defaults() -> Config {
    object(json!({
        "enabled": true, "alias": null, "schema": "dbt_test__audit", "database": null, "tags": [], "meta": {},
        "group": null, "materialized": "test", "severity": "ERROR", "store_failures": null,
        "store_failures_as": null, "where": null, "limit": null, "fail_calc": "count(*)", "warn_if": "!= 0",
        "error_if": "!= 0",
    }))
}

fn object(value: Value) -> Config {
    match value {
        Value::Object(map) => map.into_iter().collect(),
        _ => Config::new(),
    }
}
