//! Profiles as people write them, and wrong ones.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::*;

const SHOP: &str = "
shop:
  target: \"{{ env_var('DBT_TARGET', 'dev') }}\"
  outputs:
    dev:
      type: postgres
      host: localhost
      port: \"{{ env_var('PG_PORT') | as_number }}\"
      user: ada
      pass: hunter22
      dbname: lake
      schema: dev_{{ var('who', 'ada') }}
      threads: 8
    prod:
      type: snowflake
      account: ab12345
      user: robot
      password: \"{{ env_var('DBT_ENV_SECRET_PASSWORD') }}\"
      database: ANALYTICS
      schema: PROD
      warehouse: LARGE
    broken: nonsense
    bare: {host: x}
    exasol: {type: exasol}
    short: {type: postgres, host: x, user: u, pass: hunter22, dbname: d, schema: s}
    wordy: {type: postgres, host: x, user: u, pass: hunter22, dbname: d, schema: s, port: many}
    twice: {type: postgres, host: x, user: u, pass: p, password: hunter22, dbname: d, schema: s, port: 1}
    unset: {type: postgres, host: \"{{ env_var('NOBODY') }}\", user: u, pass: p, dbname: d, schema: s, port: 1}
    odd: {type: duckdb, path: 'dev.duckdb', database: other}
empty:
";

fn environment() -> EnvAccess {
    EnvAccess::Only(BTreeMap::from([("PG_PORT".to_owned(), "5433".to_owned())]))
}

fn read(text: &str, profile: &str, target: Option<&str>) -> Result<Profile, Box<Problem>> {
    let vars = IndexMap::new();
    read_profile(&ProfileOptions { path: "profiles.yml", text, profile, target, vars: &vars, env: &environment() })
}

#[test]
fn the_target_that_the_profile_chooses() {
    let profile = read(SHOP, "shop", None).unwrap();
    assert_eq!((profile.target_name.as_str(), profile.adapter), ("dev", Adapter::Postgres));
    assert_eq!((profile.database.as_str(), profile.schema.as_str()), ("lake", "dev_ada"));
    let shown = |key: &str| profile.target.get(key).cloned();
    let table = [
        ("port", json!(5433)),
        ("user", json!("ada")),
        ("dbname", json!("lake")),
        ("connect_timeout", json!(10)),
        ("role", Value::Null),
        ("threads", json!(8)),
        ("type", json!("postgres")),
        ("name", json!("dev")),
        ("profile_name", json!("shop")),
    ];
    for (key, value) in table {
        assert_eq!(shown(key), Some(value), "{key}");
    }
}

#[test]
fn a_target_asked_for_by_name_is_not_stopped_by_a_secret_that_is_not_set() {
    let profile = read(SHOP, "shop", Some("prod")).unwrap();
    assert_eq!((profile.adapter, profile.database.as_str()), (Adapter::Snowflake, "ANALYTICS"));
    assert_eq!(profile.target.get("warehouse"), Some(&json!("LARGE")));
}

#[test]
fn the_variables_of_the_command_line_hold() {
    let vars = IndexMap::from([("who".to_owned(), json!("eve"))]);
    let env = environment();
    let options =
        ProfileOptions { path: "profiles.yml", text: SHOP, profile: "shop", target: None, vars: &vars, env: &env };
    assert_eq!(read_profile(&options).unwrap().schema, "dev_eve");
}

#[test]
fn no_secret_is_kept() {
    for target in ["dev", "prod"] {
        let profile = read(SHOP, "shop", Some(target)).unwrap();
        let text = format!("{profile:?}");
        assert!(!text.contains("hunter22") && !profile.target.contains_key("password"), "{text}");
    }
    let text = "s: {target: t, outputs: {t: {type: duckdb, path: 'md:lake?motherduck_token=hunter22'}}}";
    let profile = read(text, "s", None).unwrap();
    assert_eq!((profile.database.as_str(), format!("{profile:?}").contains("hunter22")), ("lake", false));
}

#[test]
fn wrong_profiles_are_told_in_dbts_words() {
    let table = [
        (SHOP, "sop", None, "DBT-PROFILE-MISSING", "Could not find profile named 'sop'"),
        (SHOP, "empty", None, "DBT-PROFILE-MISSING", "Profile empty in profiles.yml is empty"),
        ("", "shop", None, "DBT-PROFILE-MISSING", "The profiles.yml file at profiles.yml is empty"),
        (
            SHOP,
            "shop",
            Some("stage"),
            "DBT-PROFILE-TARGET",
            "The profile 'shop' does not have a target named 'stage'. The valid target names for this profile are:\n - dev\n - prod",
        ),
        ("shop: {target: x}", "shop", None, "DBT-PROFILE-TARGET", "outputs not specified in profile 'shop'"),
        (
            SHOP,
            "shop",
            Some("broken"),
            "DBT-PROFILE-TARGET",
            "output 'broken' of profile 'shop' is misconfigured in profiles.yml",
        ),
        (
            "shop: {outputs: {}}",
            "shop",
            None,
            "DBT-PROFILE-TARGET",
            "The profile 'shop' does not have a target named 'default'.",
        ),
        (
            SHOP,
            "shop",
            Some("bare"),
            "DBT-PROFILE-CREDS",
            "required field \"type\" not found in profile shop and target bare",
        ),
        (SHOP, "shop", Some("exasol"), "DBT-ADAPTER-MISSING", "Could not find adapter type exasol!"),
        (
            SHOP,
            "shop",
            Some("short"),
            "DBT-PROFILE-CREDS",
            "Credentials in profile \"shop\", target \"short\" invalid: 'port' is a required property",
        ),
        (
            SHOP,
            "shop",
            Some("wordy"),
            "DBT-PROFILE-CREDS",
            "Credentials in profile \"shop\", target \"wordy\" invalid: 'many' is not of type 'integer'",
        ),
        (SHOP, "shop", Some("twice"), "DBT-PROFILE-CREDS", "Got duplicate keys: (password) all map to \"password\""),
        (SHOP, "shop", Some("unset"), "DBT-ENV-VAR", "Env var required but not provided: 'NOBODY'"),
        (
            SHOP,
            "shop",
            Some("odd"),
            "DBT-PROFILE-CREDS",
            "Credentials in profile \"shop\", target \"odd\" invalid: Inconsistency detected between 'path' and 'database' fields in profile; the 'database' property must be set to 'dev' to match the 'path'",
        ),
        (
            "shop: [",
            "shop",
            None,
            "DBT-YAML-SYNTAX",
            "dbt encountered an error while trying to read your profiles.yml file: ",
        ),
    ];
    for (text, profile, target, code, words) in table {
        let problem = read(text, profile, target).unwrap_err();
        assert_eq!(problem.code.as_str(), code, "{problem:?}");
        assert!(problem.raw.starts_with(words.trim_end()), "{}", problem.raw);
        assert!(!format!("{problem:?}").contains("hunter22"), "{problem:?}");
    }
}

#[test]
fn a_slip_of_the_pen_is_offered_its_nearest_name() {
    for (profile, target, offered) in [("shpo", None, "--profile shop"), ("shop", Some("prd"), "--target prod")] {
        let problem = read(SHOP, profile, target).unwrap_err();
        assert!(problem.fixes.iter().any(|fix| format!("{fix:?}").contains(offered)), "{problem:?}");
    }
}

#[test]
fn databases_that_are_files_are_called_like_them() {
    let table = [
        ("", "memory"),
        ("path: ':memory:'", "memory"),
        ("path: data/shop.duckdb", "shop"),
        ("path: /tmp/a.b.db", "a.b"),
        ("path: 'md:'", "my_db"),
        ("path: 'md:lake'", "lake"),
    ];
    for (path, database) in table {
        let text = format!("s: {{target: t, outputs: {{t: {{type: duckdb, {path}}}}}}}");
        let profile = read(&text, "s", None).unwrap();
        assert_eq!((profile.database.as_str(), profile.schema.as_str()), (database, "main"), "{path}");
    }
}

#[test]
fn the_names_of_bigquery_and_databricks() {
    let text = "s: {target: b, outputs: {b: {type: bigquery, method: oauth, project: p, dataset: d}, d: {type: databricks, host: h, http_path: x, schema: s, token: hunter22}}}";
    let bigquery = read(text, "s", None).unwrap();
    assert_eq!((bigquery.database.as_str(), bigquery.schema.as_str()), ("p", "d"));
    assert_eq!(bigquery.target.get("project"), Some(&json!("p")));
    let databricks = read(text, "s", Some("d")).unwrap();
    assert_eq!(databricks.target.get("catalog"), Some(&json!("hive_metastore")));
    assert!(!format!("{databricks:?}").contains("hunter22"));
}

#[test]
fn the_project_names_its_profile() {
    let vars = IndexMap::new();
    let table = [
        ("name: p\nprofile: shop", Some("shop")),
        ("name: p\nprofile: \"{{ env_var('PG_PORT') }}\"", Some("5433")),
        ("name: p", None),
        ("profile: [", None),
    ];
    for (text, profile) in table {
        assert_eq!(setting_of_project(text, "profile", &vars, &environment()).as_deref(), profile, "{text}");
    }
}
