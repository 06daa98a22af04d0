//! What each adapter's credentials are called, which of them templates see, and what must be there.
//! From the adapters' `Credentials` classes of the 1.7 line.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::dbt::options::Adapter;
use crate::dbt::python;

/// One adapter's credentials.
#[derive(Debug)]
pub(super) struct Kind {
    /// As `type:` has it.
    name: &'static str,
    pub(super) adapter: Adapter,
    /// Keys that have another name inside: `dbname` is `database`.
    aliases: &'static [(&'static str, &'static str)],
    /// What `target` shows, in order, besides `database` and `schema`.
    shown: &'static [&'static str],
    /// What must be given, in the order in which dbt complains, shown or not.
    required: &'static [&'static str],
}

/// A target's connection as templates see it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) database: String,
    pub(super) schema: String,
    pub(super) shown: IndexMap<String, Value>,
}

const POSTGRES_ALIASES: &[(&str, &str)] = &[("dbname", "database"), ("pass", "password")];

const KINDS: [Kind; 8] = [
    Kind {
        name: "postgres",
        adapter: Adapter::Postgres,
        aliases: POSTGRES_ALIASES,
        shown: &[
            "host",
            "port",
            "user",
            "database",
            "schema",
            "connect_timeout",
            "role",
            "search_path",
            "keepalives_idle",
            "sslmode",
            "sslcert",
            "sslkey",
            "sslrootcert",
            "application_name",
            "retries",
        ],
        required: &["database", "schema", "host", "user", "port", "password"],
    },
    Kind {
        name: "redshift",
        adapter: Adapter::Redshift,
        aliases: POSTGRES_ALIASES,
        shown: &[
            "host",
            "user",
            "port",
            "database",
            "method",
            "cluster_id",
            "iam_profile",
            "schema",
            "sslmode",
            "region",
            "autocreate",
            "db_groups",
            "ra3_node",
            "connect_timeout",
            "role",
            "retries",
        ],
        required: &["database", "schema", "host", "port"],
    },
    Kind {
        name: "snowflake",
        adapter: Adapter::Snowflake,
        aliases: &[],
        shown: &[
            "account",
            "user",
            "database",
            "warehouse",
            "role",
            "schema",
            "authenticator",
            "query_tag",
            "client_session_keep_alive",
            "host",
            "port",
            "protocol",
            "connect_retries",
            "connect_timeout",
            "retry_on_database_errors",
            "retry_all",
            "insecure_mode",
            "reuse_connections",
        ],
        required: &["database", "schema", "account"],
    },
    Kind {
        name: "bigquery",
        adapter: Adapter::BigQuery,
        aliases: &[
            ("project", "database"),
            ("dataset", "schema"),
            ("target_project", "target_database"),
            ("target_dataset", "target_schema"),
            ("retries", "job_retries"),
            ("timeout_seconds", "job_execution_timeout_seconds"),
        ],
        shown: &[
            "method",
            "database",
            "execution_project",
            "schema",
            "location",
            "priority",
            "maximum_bytes_billed",
            "impersonate_service_account",
            "job_retry_deadline_seconds",
            "job_retries",
            "job_creation_timeout_seconds",
            "job_execution_timeout_seconds",
            "gcs_bucket",
        ],
        required: &["schema", "method"],
    },
    Kind {
        name: "databricks",
        adapter: Adapter::Databricks,
        aliases: &[("catalog", "database"), ("target_catalog", "target_database")],
        shown: &["host", "http_path", "database", "schema", "session_properties", "connect_retries"],
        required: &["schema", "host", "http_path"],
    },
    Kind {
        name: "duckdb",
        adapter: Adapter::DuckDb,
        aliases: &[],
        shown: &["database", "schema", "path", "external_root"],
        required: &[],
    },
    Kind {
        name: "trino",
        adapter: Adapter::Trino,
        aliases: &[("catalog", "database")],
        shown: &[
            "method",
            "host",
            "port",
            "user",
            "database",
            "schema",
            "http_scheme",
            "session_properties",
            "retries",
        ],
        required: &["host", "port", "database", "schema"],
    },
    Kind {
        name: "sqlite",
        adapter: Adapter::Sqlite,
        aliases: &[],
        shown: &["database", "schema", "schemas_and_paths", "schema_directory"],
        required: &["database", "schema"],
    },
];

impl Kind {
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The name inside of a key as it is written.
    pub(super) fn own_name<'k>(&self, key: &'k str) -> &'k str {
        self.aliases.iter().find(|(alias, _)| *alias == key).map_or(key, |(_, own)| own)
    }

    pub(super) fn shows(&self, key: &str) -> bool {
        self.shown.contains(&key)
    }

    /// What a key has that nobody has given.
    fn default(&self, key: &str) -> Value {
        match (self.adapter, key) {
            (Adapter::Postgres, "connect_timeout") => json!(10),
            (Adapter::Postgres, "keepalives_idle") => json!(0),
            (Adapter::Postgres, "application_name") => json!("dbt"),
            (Adapter::Postgres | Adapter::Redshift, "retries") | (Adapter::BigQuery, "job_retries") => json!(1),
            (Adapter::Redshift, "method") => json!("database"),
            (Adapter::Redshift, "autocreate" | "ra3_node") => json!(false),
            (Adapter::Redshift, "db_groups") => json!([]),
            (Adapter::BigQuery, "job_execution_timeout_seconds") => json!(300),
            (Adapter::DuckDb, "path") => json!(":memory:"),
            (Adapter::DuckDb, "schema") => json!("main"),
            (Adapter::DuckDb, "external_root") => json!("."),
            (Adapter::Databricks, "database") => json!("hive_metastore"),
            _ => Value::Null,
        }
    }
}

/// The connection that `given` makes; an objection is in the words of dbt's validator.
pub(super) fn connection(kind: &Kind, mut given: IndexMap<String, Value>) -> Result<Connection, String> {
    if let Some(missing) = kind.required.iter().find(|key| given.get(**key).is_none_or(Value::is_null)) {
        return Err(format!("'{missing}' is a required property"));
    }
    if let Some(port) = given.get("port").filter(|port| !port.is_number() && kind.shows("port")) {
        return Err(format!("{} is not of type 'integer'", python::repr(port)));
    }
    if kind.adapter == Adapter::DuckDb {
        name_database(&mut given)?;
    }
    let mut shown = IndexMap::new();
    for key in kind.shown {
        let value = given.swap_remove(*key).filter(|value| !value.is_null()).unwrap_or_else(|| kind.default(key));
        shown.insert((*key).to_owned(), value);
    }
    for (alias, own) in kind.aliases {
        if let Some(value) = shown.get(*own).cloned() {
            shown.insert((*alias).to_owned(), value);
        }
    }
    let text = |key: &str| shown.get(key).filter(|value| !value.is_null()).map(python::text).unwrap_or_default();
    Ok(Connection { database: text("database"), schema: text("schema"), shown })
}

/// `DuckDB`'s database is called like its file. What follows a `?` in the path may be a token: it is
/// taken out.
fn name_database(given: &mut IndexMap<String, Value>) -> Result<(), String> {
    let path = given.get("path").filter(|path| !path.is_null()).map(python::text);
    let path = path.as_deref().map(|path| path.split('?').next().unwrap_or_default());
    let name = match path {
        None | Some(":memory:") => "memory",
        Some(path) => {
            let (scheme, rest) = path.split_once(':').unwrap_or(("", path));
            let file = rest.rsplit('/').next().unwrap_or_default();
            let stem = file.rsplit_once('.').map_or(file, |(stem, _)| if stem.is_empty() { file } else { stem });
            if stem.is_empty() && matches!(scheme, "md" | "motherduck") { "my_db" } else { stem }
        }
    };
    if name.is_empty() {
        return Err("Unable to determine target database name from 'path' field in profile".to_owned());
    }
    let is_remote = given.contains_key("remote");
    let name = match given.get("database").map(python::text) {
        Some(database) if database != name && !is_remote => {
            return Err(format!(
                "Inconsistency detected between 'path' and 'database' fields in profile; the 'database' property must be set to '{name}' to match the 'path'"
            ));
        }
        Some(database) => database,
        None => name.to_owned(),
    };
    if let Some(path) = path.map(Value::from) {
        given.insert("path".to_owned(), path);
    }
    given.insert("database".to_owned(), Value::from(name));
    Ok(())
}
