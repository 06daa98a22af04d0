//! Areas: what kind of work was going on when something failed. Phrases overlap between tools, so a
//! message is only ever compared with the rows of one area.

use std::fmt;

use super::super::value::Code;

/// A group of codes that one kind of work can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// `ebb.toml` and the secrets that it points to.
    Workspace,
    /// Reaching and reading a repository.
    Git,
    /// Loading a dbt project.
    Dbt,
    /// Model syncs as a whole, and the program itself.
    Sync,
    /// What is kept between runs.
    Store,
    /// Reaching and reading any warehouse, and those without an area of their own.
    Source,
    /// Postgres and Redshift.
    Postgres,
    Snowflake,
    BigQuery,
    Databricks,
    /// Reading a model and finding what changed.
    ReverseEtl,
    /// Sending records, Segment's own interfaces included.
    Destination,
    DbtCloud,
    /// Judging pull requests, and the hosting service's events.
    Checks,
}

impl Area {
    /// Every area, in the order of the generated reference.
    pub const ALL: [Self; 14] = [
        Self::Workspace,
        Self::Git,
        Self::Dbt,
        Self::Sync,
        Self::Store,
        Self::Source,
        Self::Postgres,
        Self::Snowflake,
        Self::BigQuery,
        Self::Databricks,
        Self::ReverseEtl,
        Self::Destination,
        Self::DbtCloud,
        Self::Checks,
    ];

    /// The area of a code: the text before its first `-` decides. Nothing for a code of nobody.
    pub fn of(code: &Code) -> Option<Self> {
        let (prefix, _) = code.as_str().split_once('-')?;
        Self::ALL.into_iter().find(|area| area.prefixes().contains(&prefix))
    }

    /// What the codes of this area start with, the usual one first.
    pub const fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Workspace => &["CONFIG", "SECRET"],
            Self::Git => &["GIT"],
            Self::Dbt => &["DBT"],
            Self::Sync => &["SYNC", "PROBLEM", "DEMO"],
            Self::Store => &["STORE"],
            Self::Source => &["SOURCE"],
            Self::Postgres => &["PG", "RS"],
            Self::Snowflake => &["SF"],
            Self::BigQuery => &["BQ"],
            Self::Databricks => &["DBX"],
            Self::ReverseEtl => &["RETL"],
            Self::Destination => &["DST", "SEG"],
            Self::DbtCloud => &["DBTC"],
            Self::Checks => &["CI"],
        }
    }

    /// The code of a failure whose message no row knows. Nothing for areas where nobody else speaks:
    /// there every failure is raised with its own code.
    pub const fn unknown(self) -> Option<Code> {
        match self {
            Self::Git => Some(Code::new("GIT-UNKNOWN")),
            Self::Dbt => Some(Code::new("DBT-UNKNOWN")),
            Self::Source => Some(Code::new("SOURCE-UNKNOWN")),
            Self::Postgres => Some(Code::new("PG-UNKNOWN")),
            Self::Snowflake => Some(Code::new("SF-UNKNOWN")),
            Self::BigQuery => Some(Code::new("BQ-UNKNOWN")),
            Self::Databricks => Some(Code::new("DBX-UNKNOWN")),
            Self::Destination => Some(Code::new("DST-UNKNOWN")),
            Self::DbtCloud => Some(Code::new("DBTC-UNKNOWN")),
            Self::Checks => Some(Code::new("CI-UNKNOWN")),
            Self::Workspace | Self::Sync | Self::Store | Self::ReverseEtl => None,
        }
    }

    pub(super) const fn toml(self) -> &'static str {
        match self {
            Self::Workspace => include_str!("../../../assets/problems/workspace.toml"),
            Self::Git => include_str!("../../../assets/problems/git.toml"),
            Self::Dbt => include_str!("../../../assets/problems/dbt.toml"),
            Self::Sync => include_str!("../../../assets/problems/sync.toml"),
            Self::Store => include_str!("../../../assets/problems/store.toml"),
            Self::Source => include_str!("../../../assets/problems/source.toml"),
            Self::Postgres => include_str!("../../../assets/problems/postgres.toml"),
            Self::Snowflake => include_str!("../../../assets/problems/snowflake.toml"),
            Self::BigQuery => include_str!("../../../assets/problems/bigquery.toml"),
            Self::Databricks => include_str!("../../../assets/problems/databricks.toml"),
            Self::ReverseEtl => include_str!("../../../assets/problems/reverse_etl.toml"),
            Self::Destination => include_str!("../../../assets/problems/destination.toml"),
            Self::DbtCloud => include_str!("../../../assets/problems/dbt_cloud.toml"),
            Self::Checks => include_str!("../../../assets/problems/checks.toml"),
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Workspace => "Configuration and secrets",
            Self::Git => "Git",
            Self::Dbt => "dbt project",
            Self::Sync => "Syncs and the program",
            Self::Store => "Store",
            Self::Source => "Sources",
            Self::Postgres => "Postgres and Redshift",
            Self::Snowflake => "Snowflake",
            Self::BigQuery => "BigQuery",
            Self::Databricks => "Databricks",
            Self::ReverseEtl => "Reverse ETL",
            Self::Destination => "Destinations",
            Self::DbtCloud => "dbt Cloud",
            Self::Checks => "CI checks",
        })
    }
}
