//! The commands `ebb source` and `ebb preview`, as a person runs them: a repository, a warehouse, and the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::support::postgres::PASSWORD;
use super::support::{PostgresServer, git};

/// A workspace with a project of three models over one table.
struct Workspace {
    folder: tempfile::TempDir,
    server: PostgresServer,
}

impl Workspace {
    fn new(test: &str) -> Option<Self> {
        let server = PostgresServer::start(test)?;
        server.run(
            "create schema analytics;
             create table analytics.raw_orders as select n as id, n % 7 as customer_id, (n * 1.10)::numeric(12,2) as amount,
               case n % 3 when 0 then null when 1 then '' else 'note, ' || n end as note from generate_series(1, 25) n;",
        );
        let folder = tempfile::tempdir().unwrap();
        let repository = folder.path().join("repository");
        for (file, text) in [
            ("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n"),
            ("models/stg_orders.sql", "select * from {{ source('raw', 'raw_orders') }}"),
            (
                "models/customers.sql",
                "select customer_id, count(*) as orders from {{ ref('stg_orders') }} group by 1 -- each",
            ),
            ("models/good.sql", "select * from {{ ref('customers') }} where orders > 3 order by 1;"),
            ("models/lost.sql", "select * from {{ source('raw', 'gone') }}"),
            (
                "models/sources.yml",
                "version: 2\nsources:\n  - name: raw\n    schema: analytics\n    tables:\n      - name: raw_orders\n      - name: gone\n",
            ),
        ] {
            let file = repository.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        git(&repository, &["init", "-q"]);
        git(&repository, &["add", "-A"]);
        git(&repository, &["commit", "-qm", "A shop"]);
        let settings = format!(
            "[sources.shop]\ntype = \"postgres\"\nhost = \"127.0.0.1\"\nport = {}\nuser = \"ebb\"\ndatabase = \"postgres\"\n\
             password = {{ env = \"SHOP_PASSWORD\" }}\ntls = \"disable\"\n\n[projects.shop]\nrepository = \"repository\"\n\
             source = \"shop\"\n",
            server.port
        );
        fs::write(folder.path().join("ebb.toml"), settings).unwrap();
        let workspace = Self { folder, server };
        assert!(workspace.ebb(&["sync"]).status.success());
        Some(workspace)
    }

    fn ebb(&self, arguments: &[&str]) -> Output {
        self.ebb_with(arguments, PASSWORD)
    }

    fn ebb_with(&self, arguments: &[&str], password: &str) -> Output {
        let home = self.folder.path().join("home");
        Command::new(PathBuf::from(env!("CARGO_BIN_EXE_ebb")))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", Path::new(&home))
            .env("SHOP_PASSWORD", password)
            .output()
            .unwrap()
    }

    /// Standard output and standard error of a command that does its work.
    fn told(&self, arguments: &[&str]) -> (String, String) {
        let output = self.ebb(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr))
    }

    /// Standard error of a command that fails.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.ebb(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

#[test]
fn rows_come_from_where_they_can_be_had_and_it_is_told_where() {
    let Some(workspace) = Workspace::new("rows_come_from_where_they_can_be_had_and_it_is_told_where") else { return };
    let (rows, told) = workspace.told(&["preview", "good", "--csv"]);
    assert_eq!(rows, "customer_id,orders\n1,4\n2,4\n3,4\n4,4\n");
    assert!(told.contains("4 rows from its compiled SQL and that of 2 parents"), "{told}");
    workspace
        .server
        .run("create view analytics.stg_orders as select * from analytics.raw_orders where customer_id = 1");
    let (rows, told) = workspace.told(&["preview", "good", "--csv"]);
    assert_eq!(rows, "customer_id,orders\n1,4\n", "a parent that is built is read as it is built");
    assert!(told.contains("that of customers: neither is built"), "{told}");
    let (_, told) = workspace.told(&["preview", "customers"]);
    assert!(told.contains("from its compiled SQL: it is not built"), "{told}");
    workspace.server.run("create table analytics.good as select 'built' as how");
    let (rows, told) = workspace.told(&["preview", "good", "--csv"]);
    assert_eq!(rows, "how\nbuilt\n");
    assert!(told.contains("1 row from \"postgres\".\"analytics\".\"good\""), "{told}");
    let refused = workspace.refused(&["preview", "lost"]);
    assert!(refused.contains("SOURCE-NOT-BUILT") && refused.contains("gone is missing"), "{refused}");
}

#[test]
fn null_differs_from_the_empty_text_in_every_form() {
    let Some(workspace) = Workspace::new("null_differs_from_the_empty_text_in_every_form") else { return };
    let (csv, told) = workspace.told(&["preview", "stg_orders", "--csv", "--limit", "3"]);
    let expected = "id,customer_id,amount,note\n1,1,1.10,\"\"\n2,2,2.20,\"note, 2\"\n3,3,3.30,\n";
    assert_eq!(csv, expected);
    assert!(told.contains("there are more"), "{told}");
    let (json, _) = workspace.told(&["preview", "stg_orders", "--json", "--limit", "3"]);
    let lines: Vec<&str> = json.lines().collect();
    assert_eq!(lines[0], r#"{"id":1,"customer_id":1,"amount":"1.10","note":""}"#);
    assert_eq!(lines[2], r#"{"id":3,"customer_id":3,"amount":"3.30","note":null}"#);
    let (table, _) = workspace.told(&["preview", "stg_orders", "--limit", "3"]);
    assert!(table.lines().nth(1).unwrap().contains("numeric(12,2)") && table.contains("null"), "{table}");
}

#[test]
fn a_profile_and_a_cost_are_told_on_request() {
    let Some(workspace) = Workspace::new("a_profile_and_a_cost_are_told_on_request") else { return };
    let (profile, _) = workspace.told(&["preview", "stg_orders", "--profile", "--json"]);
    let lines: Vec<&str> = profile.lines().collect();
    let id = r#"{"column":"id","type":"int4","rows":25,"nulls":0,"distinct":25,"least":1,"greatest":25}"#;
    assert_eq!(lines[0], id);
    assert!(lines[3].contains("\"nulls\":8") && lines[3].contains("\"distinct\":9"), "{}", lines[3]);
    let (cost, _) = workspace.told(&["preview", "stg_orders", "--cost", "--json"]);
    assert!(cost.contains("\"charged\":false"), "{cost}");
}

#[test]
fn a_source_is_listed_tested_and_looked_into() {
    let Some(workspace) = Workspace::new("a_source_is_listed_tested_and_looked_into") else { return };
    let (list, _) = workspace.told(&["source", "list"]);
    assert_eq!(list, "shop  Postgres  ebb at 127.0.0.1, database postgres  used by shop\n");
    let (schemas, _) = workspace.told(&["source", "relations", "shop"]);
    assert_eq!(schemas, "analytics  schema\npublic     schema\n");
    let (relations, _) = workspace.told(&["source", "relations", "shop", "analytics"]);
    assert_eq!(relations, "raw_orders  table\n");
    let (steps, _) = workspace.told(&["source", "test", "--json"]);
    assert!(steps.contains(r#""step":"read","outcome":"passed""#), "{steps}");
    let wrong = workspace.ebb_with(&["source", "test"], "wrong-password-4711");
    let told = String::from_utf8_lossy(&wrong.stdout).into_owned();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(told.contains("failed authentication") && told.contains("PG-AUTH"), "{told}");
    assert!(!told.contains("4711"), "{told}");
    let unknown = workspace.refused(&["source", "test", "shp"]);
    assert!(unknown.contains("CONFIG-REFERENCE") && unknown.contains("shop"), "{unknown}");
}

#[test]
fn what_a_connection_lacks_is_named() {
    let Some(workspace) = Workspace::new("what_a_connection_lacks_is_named") else { return };
    let file = workspace.folder.path().join("ebb.toml");
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, whole.replace("user = \"ebb\"\n", "").replace("host = \"127.0.0.1\"\n", "")).unwrap();
    let refused = workspace.refused(&["preview", "good"]);
    assert!(refused.contains("lacks host and user") && refused.contains("sources.shop.host"), "{refused}");
    fs::write(&file, whole.replace("source = \"shop\"\n", "")).unwrap();
    let refused = workspace.refused(&["preview", "good"]);
    assert!(refused.contains("SOURCE-NONE") && refused.contains("projects.shop.source"), "{refused}");
}

#[test]
fn a_missing_right_comes_with_its_grant() {
    let Some(workspace) = Workspace::new("a_missing_right_comes_with_its_grant") else { return };
    workspace.server.run(&format!(
        "create role reader login password '{PASSWORD}'; grant usage on schema analytics to reader;
         create table analytics.good (n int)"
    ));
    let file = workspace.folder.path().join("ebb.toml");
    let settings = fs::read_to_string(&file).unwrap().replace("user = \"ebb\"", "user = \"reader\"");
    fs::write(&file, settings).unwrap();
    let refused = workspace.refused(&["preview", "good"]);
    assert!(refused.contains("PG-PERMISSION") && refused.contains("TO \"reader\";"), "{refused}");
}

#[test]
fn a_folder_reads_through_its_dbt_profile_without_any_set_up() {
    let Some(workspace) = Workspace::new("a_folder_reads_through_its_dbt_profile_without_any_set_up") else { return };
    let folder = workspace.folder.path().join("repository");
    let profile = format!(
        "shop:\n  target: dev\n  outputs:\n    dev:\n      type: postgres\n      host: 127.0.0.1\n      port: {}\n\
         \x20     user: ebb\n      pass: \"{{{{ env_var('SHOP_PASSWORD') }}}}\"\n      dbname: postgres\n      schema: analytics\n",
        workspace.server.port
    );
    fs::write(folder.join("profiles.yml"), profile).unwrap();
    let path = folder.display().to_string();
    let (rows, told) = workspace.told(&["--workspace", &path, "preview", "good", "--csv"]);
    assert_eq!(rows, "customer_id,orders\n1,4\n2,4\n3,4\n4,4\n");
    assert!(told.contains("2 parents"), "{told}");
    let wrong = workspace.ebb_with(&["--workspace", &path, "preview", "good"], "wrong-password-4711");
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(told.contains("PG-AUTH") && told.contains("the dbt profile: Postgres at 127.0.0.1"), "{told}");
    assert!(!told.contains("4711"), "{told}");
    fs::remove_file(folder.join("profiles.yml")).unwrap();
    let refused = workspace.refused(&["--workspace", &path, "preview", "good"]);
    assert!(refused.contains("SOURCE-NONE"), "{refused}");
}
