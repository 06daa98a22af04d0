//! A source's settings made a connection: what it needs is looked for, and its secrets are resolved, as late as
//! possible.

use std::path::PathBuf;

use crate::problem::{Code, Fix, Problem, Subject, key_part};
use crate::warehouse::{Connection, PostgresConnection, SqliteConnection, TlsMode};
use crate::workspace::{Secret, SecretRef, Source, SourceKey, SourceType, TlsSetting, Workspace};

use super::super::handle::Core;
use super::Chosen;

/// The connection of a source.
///
/// # Errors
/// A setting is missing, or a secret can't be had.
pub(super) async fn resolved(core: &Core, workspace: &Workspace, chosen: &Chosen) -> Result<Connection, Problem> {
    let Chosen { name, settings: source, password } = chosen;
    let base = workspace.base(&core.world.environment).to_path_buf();
    let resolving = Resolving { core, base, name, source, password: password.as_ref() };
    resolving.complete()?;
    match source.kind {
        SourceType::Postgres => resolving.postgres(5_432).await.map(Connection::Postgres),
        SourceType::Redshift => resolving.postgres(5_439).await.map(Connection::Redshift),
        SourceType::Sqlite => Ok(Connection::Sqlite(resolving.sqlite())),
        SourceType::Snowflake
        | SourceType::Bigquery
        | SourceType::Databricks
        | SourceType::Duckdb
        | SourceType::Adbc => {
            let summary = format!("This release reads no rows from {}", source.kind.title());
            Err(Problem::new(Code::new("SOURCE-NOT-OFFERED"), resolving.subject(), summary))
        }
    }
}

struct Resolving<'a> {
    core: &'a Core,
    /// Where `ebb.toml` stands.
    base: PathBuf,
    name: &'a str,
    source: &'a Source,
    /// Where it is known already.
    password: Option<&'a Secret>,
}

impl Resolving<'_> {
    fn subject(&self) -> Subject {
        Subject::Source { name: self.name.to_owned() }
    }

    /// Whether everything is set that a connection of this type can't be made without.
    fn complete(&self) -> Result<(), Problem> {
        // Settings always serialise: their keys are texts.
        let set = toml::Table::try_from(self.source).unwrap_or_default();
        let kind = self.source.kind;
        let needed = SourceKey::ALL.into_iter().filter(|key| key.is_required_for(kind));
        let missing: Vec<&str> = needed.map(|key| key.name).filter(|key| !set.contains_key(*key)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let summary = format!("The source {} lacks {} to be reached", self.name, missing.join(" and "));
        let place = format!("sources.{}", key_part(self.name));
        let problem = Problem::new(Code::new("SOURCE-SETTING"), self.subject(), summary);
        Err(missing
            .iter()
            .fold(problem, |problem, key| problem.with_fix(Fix::read(format!("Set {place}.{key} in ebb.toml")))))
    }

    async fn postgres(&self, port: u16) -> Result<PostgresConnection, Problem> {
        let source = self.source;
        let certificate = match (&source.client_certificate, &source.client_key) {
            (Some(file), Some(key)) => Some((self.path(file), self.secret(key).await?)),
            _ => None,
        };
        Ok(PostgresConnection {
            host: source.host.clone().unwrap_or_default(),
            port: source.port.and_then(|port| u16::try_from(port).ok()).unwrap_or(port),
            user: source.user.clone().unwrap_or_default(),
            password: match (self.password, &source.password) {
                (Some(known), _) => Some(known.clone()),
                (None, Some(password)) => Some(self.secret(password).await?),
                (None, None) => None,
            },
            database: source.database.clone().unwrap_or_else(|| self.name.to_owned()),
            tls: match source.tls.unwrap_or_default() {
                TlsSetting::VerifyFull => TlsMode::VerifyFull,
                TlsSetting::VerifyCa => TlsMode::VerifyCa,
                TlsSetting::Require => TlsMode::Require,
                TlsSetting::Disable => TlsMode::Disable,
            },
            authorities: source.ca_file.as_ref().map(|file| self.path(file)),
            certificate,
        })
    }

    fn sqlite(&self) -> SqliteConnection {
        let path = |path: &PathBuf| self.path(path);
        let attach = self.source.attach.iter().map(|(schema, file)| (schema.clone(), self.path(file))).collect();
        SqliteConnection { path: self.source.path.as_ref().map(path).unwrap_or_default(), attach }
    }

    fn path(&self, path: &std::path::Path) -> PathBuf {
        self.core.world.environment.resolve_path(path, &self.base)
    }

    /// A command that gives a secret may take seconds: it runs off the async threads.
    async fn secret(&self, reference: &SecretRef) -> Result<Secret, Problem> {
        let (reference, environment, base) =
            (reference.clone(), self.core.world.environment.clone(), self.base.clone());
        let resolved = self.core.blocking(move || reference.resolve(&base, &environment)).await?;
        resolved.map_err(|error| error.to_problem(self.subject()))
    }
}
