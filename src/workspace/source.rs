//! A source in `ebb.toml`: the warehouse's type, where it is, and who we are there. One table for all types, and
//! of each key which types it is for.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::secret::SecretRef;

/// A warehouse that models are read from. With `type` alone it decides the SQL dialect and the names of relations;
/// with a connection's settings, rows are read from it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    #[serde(rename = "type")]
    pub kind: SourceType,
    /// `target.database` of dbt; BigQuery's project, Databricks' catalog. The source's own name where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Seconds that one query may take; 300 where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400))]
    pub timeout: Option<u32>,
    /// Name or address of the server; for Postgres also the folder of its socket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65_535))]
    pub port: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretRef>,
    /// How the connection is kept from others' eyes; `verify-full` where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSetting>,
    /// Certificates of authorities (PEM) that take the place of the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Our own certificate (PEM), for servers that ask for one; `client_key` is its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_key: Option<SecretRef>,
    /// Snowflake's account, as `organization-account`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Snowflake's virtual warehouse, or the id of Databricks' SQL warehouse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// A private key (PEM, PKCS#8) whose public half Snowflake knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_key: Option<SecretRef>,
    /// For a private key that is locked with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<SecretRef>,
    /// A token: Snowflake's programmatic access token, or Databricks' personal access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretRef>,
    /// An OAuth access token for Snowflake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_token: Option<SecretRef>,
    /// The JSON key of a service account of Google's; application default credentials where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<SecretRef>,
    /// Where BigQuery's data lies: `EU`, `europe-west1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The project of Google's that is billed; `database` where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_project: Option<String>,
    /// Most bytes that one query of BigQuery may be billed for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub maximum_bytes_billed: Option<u64>,
    /// Client id of a service principal of Databricks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretRef>,
    /// Base address of the REST API, for private endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The database's file, for SQLite and DuckDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// SQLite: further files, each a schema by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attach: BTreeMap<String, PathBuf>,
    /// The driver's library or manifest, for ADBC; DuckDB's library where it lies at an unusual place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<PathBuf>,
    /// The driver's own options, for ADBC.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// The driver's secret option and where its value is, for ADBC: `{ password = { env = "NAME" } }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secret_options: BTreeMap<String, SecretRef>,
}

/// A kind of warehouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceType {
    #[default]
    Postgres,
    Redshift,
    Snowflake,
    Bigquery,
    Databricks,
    Duckdb,
    Sqlite,
    /// Any other warehouse that has an ADBC driver.
    Adbc,
}

impl SourceType {
    pub const ALL: [Self; 8] = [
        Self::Postgres,
        Self::Redshift,
        Self::Snowflake,
        Self::Bigquery,
        Self::Databricks,
        Self::Duckdb,
        Self::Sqlite,
        Self::Adbc,
    ];

    /// As it stands in `ebb.toml`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redshift => "redshift",
            Self::Snowflake => "snowflake",
            Self::Bigquery => "bigquery",
            Self::Databricks => "databricks",
            Self::Duckdb => "duckdb",
            Self::Sqlite => "sqlite",
            Self::Adbc => "adbc",
        }
    }

    /// As people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Postgres => "Postgres",
            Self::Redshift => "Redshift",
            Self::Snowflake => "Snowflake",
            Self::Bigquery => "BigQuery",
            Self::Databricks => "Databricks",
            Self::Duckdb => "DuckDB",
            Self::Sqlite => "SQLite",
            Self::Adbc => "ADBC",
        }
    }
}

/// How a connection is kept from others' eyes; the words are libpq's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TlsSetting {
    /// Encrypted, and the server proves that it is this host.
    #[default]
    VerifyFull,
    /// Encrypted, and the server shows a certificate of a known authority.
    VerifyCa,
    /// Encrypted; who listens is not known.
    Require,
    /// In the clear.
    Disable,
}

/// A key of a source, and the types of warehouses that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceKey {
    pub name: &'static str,
    pub types: &'static [SourceType],
    /// Whether a connection can't be made without it.
    pub required: bool,
}

const SERVERS: &[SourceType] = &[SourceType::Postgres, SourceType::Redshift];
const SNOWFLAKE: &[SourceType] = &[SourceType::Snowflake];
const BIGQUERY: &[SourceType] = &[SourceType::Bigquery];
const DATABRICKS: &[SourceType] = &[SourceType::Databricks];
const REST: &[SourceType] = &[SourceType::Snowflake, SourceType::Bigquery, SourceType::Databricks];
const FILES: &[SourceType] = &[SourceType::Sqlite, SourceType::Duckdb];
const ADBC: &[SourceType] = &[SourceType::Adbc];

const fn needed(name: &'static str, types: &'static [SourceType]) -> SourceKey {
    SourceKey { name, types, required: true }
}

const fn optional(name: &'static str, types: &'static [SourceType]) -> SourceKey {
    SourceKey { name, types, required: false }
}

impl SourceKey {
    /// Every key that is not for all types, in the order in which a form asks for them.
    pub const ALL: [Self; 27] = [
        needed("host", &[SourceType::Postgres, SourceType::Redshift, SourceType::Databricks]),
        optional("port", SERVERS),
        needed("account", SNOWFLAKE),
        needed("user", &[SourceType::Postgres, SourceType::Redshift, SourceType::Snowflake]),
        optional("password", SERVERS),
        optional("tls", SERVERS),
        optional(
            "ca_file",
            &[
                SourceType::Postgres,
                SourceType::Redshift,
                SourceType::Snowflake,
                SourceType::Bigquery,
                SourceType::Databricks,
            ],
        ),
        optional("client_certificate", SERVERS),
        optional("client_key", SERVERS),
        optional("role", SNOWFLAKE),
        needed("warehouse", &[SourceType::Snowflake, SourceType::Databricks]),
        optional("private_key", SNOWFLAKE),
        optional("passphrase", SNOWFLAKE),
        optional("token", &[SourceType::Snowflake, SourceType::Databricks]),
        optional("oauth_token", SNOWFLAKE),
        optional("credentials", BIGQUERY),
        optional("location", BIGQUERY),
        optional("billing_project", BIGQUERY),
        optional("maximum_bytes_billed", BIGQUERY),
        optional("client_id", DATABRICKS),
        optional("client_secret", DATABRICKS),
        optional("url", REST),
        needed("path", FILES),
        optional("attach", &[SourceType::Sqlite]),
        needed("driver", &[SourceType::Adbc, SourceType::Duckdb]),
        optional("options", ADBC),
        optional("secret_options", ADBC),
    ];

    /// The key of this name; none for those that every type has, and for unknown ones.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name == name)
    }

    /// Whether a connection of this type can't be made without it.
    pub fn is_required_for(self, kind: SourceType) -> bool {
        // DuckDB's library is looked for at the usual places.
        self.required && self.types.contains(&kind) && (self.name, kind) != ("driver", SourceType::Duckdb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_file() {
        for kind in SourceType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }

    #[test]
    fn every_key_of_the_schema_is_for_somebody() {
        let schema = serde_json::to_value(schemars::schema_for!(Source)).unwrap();
        let keys = schema["properties"].as_object().unwrap().keys();
        for key in keys.filter(|key| !["type", "database", "timeout"].contains(&key.as_str())) {
            assert!(SourceKey::named(key).is_some_and(|found| !found.types.is_empty()), "{key}");
        }
        assert!(SourceKey::ALL.iter().all(|key| schema["properties"].get(key.name).is_some()));
        assert_eq!(SourceKey::named("database"), None);
    }

    #[test]
    fn what_a_connection_needs() {
        let needs = |kind| -> Vec<&str> {
            SourceKey::ALL.iter().filter(|key| key.is_required_for(kind)).map(|key| key.name).collect()
        };
        assert_eq!(needs(SourceType::Postgres), ["host", "user"]);
        assert_eq!(needs(SourceType::Snowflake), ["account", "user", "warehouse"]);
        assert_eq!(needs(SourceType::Databricks), ["host", "warehouse"]);
        assert_eq!(needs(SourceType::Bigquery), [""; 0]);
        assert_eq!((needs(SourceType::Duckdb), needs(SourceType::Adbc)), (vec!["path"], vec!["driver"]));
    }
}
