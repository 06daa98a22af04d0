//! Postgres, and Redshift, which speaks the same wire with other habits. Results come in binary form, typed and
//! as a stream; what has no binary form that is known here is asked for as text by the server's own cast.

mod catalog;
mod connect;
mod decode;
mod numeric;
mod refusal;
mod rows;
mod session;

use std::path::PathBuf;

use super::dialect::{self, Dialect};
use super::error::SourceError;
use super::source::{Answer, Bounds, Estimate, Relation, RelationName, Rows, Source, SourceStep, Steps};
use super::value::{Column, Value};
use crate::workspace::Secret;
use connect::Road;
use session::Sessions;

/// Where a server is and who we are there.
#[derive(Clone, Debug)]
pub struct PostgresConnection {
    /// A name, an address, or the folder of a socket (it begins with `/`).
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<Secret>,
    pub database: String,
    pub tls: TlsMode,
    /// Certificates of authorities (PEM) that take the place of the system's.
    pub authorities: Option<PathBuf>,
    /// Our own certificate (PEM) and its key, for servers that ask for one.
    pub certificate: Option<(PathBuf, Secret)>,
}

/// How the connection is kept from others' eyes; the words are libpq's `sslmode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsMode {
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

/// A Postgres or Redshift server.
#[derive(Debug)]
pub(super) struct PostgresSource {
    sessions: Sessions,
    redshift: bool,
}

impl PostgresSource {
    pub(super) fn new(settings: PostgresConnection, redshift: bool) -> Result<Self, SourceError> {
        Ok(Self { sessions: Sessions::new(Road::new(settings, redshift)?), redshift })
    }

    async fn read(&self, sql: &str, bounds: &Bounds) -> Result<Vec<Vec<Value>>, SourceError> {
        let mut rows = self.query(sql, bounds).await?;
        let mut all = Vec::new();
        while let Some(batch) = rows.next().await {
            all.extend(batch?.rows().map(<[Value]>::to_vec));
        }
        Ok(all)
    }

    async fn tested(&self, steps: &Steps, bounds: &Bounds) -> Result<(), SourceError> {
        let road = self.sessions.road();
        let address = steps.step(SourceStep::Name, road.resolve(bounds)).await?;
        let stream = steps.step(SourceStep::Connection, road.reach(&address, bounds)).await?;
        // One exchange sets up TLS, shows the password and opens the database: which of them failed, the
        // error tells.
        if !road.is_encrypted() {
            steps.skipped(SourceStep::Security, road.why_open());
        }
        let session = match bounds.keep(road.enter(stream)).await? {
            Ok(session) => session,
            Err(error) => {
                let step = match &error {
                    SourceError::Security { .. } => SourceStep::Security,
                    SourceError::Refused(refusal) if refusal::is_of_database(refusal) => SourceStep::Database,
                    _ => SourceStep::Authentication,
                };
                return steps.step(step, async { Err(error) }).await;
            }
        };
        if road.is_encrypted() {
            steps.step(SourceStep::Security, async { Ok(((), road.security_in_words())) }).await?;
        }
        steps.step(SourceStep::Authentication, async { Ok(((), road.user_in_words())) }).await?;
        self.sessions.give_back(session);
        steps.step(SourceStep::Database, self.version(bounds)).await?;
        steps.skipped(SourceStep::Compute, "the server itself computes");
        steps.step(SourceStep::Read, self.readable(bounds)).await
    }

    async fn version(&self, bounds: &Bounds) -> Result<((), String), SourceError> {
        let found = self.read("select version()", bounds).await?;
        let version = found.first().and_then(|row| row.first()).map(Value::to_string).unwrap_or_default();
        if version.contains("Redshift") != self.redshift {
            return Err(refusal::other_server(&version, self.redshift));
        }
        let short = version.split(['(', ',']).next().unwrap_or_default().trim().to_owned();
        Ok(((), format!("{short}, database {}", self.sessions.road().database())))
    }

    async fn readable(&self, bounds: &Bounds) -> Result<((), String), SourceError> {
        let schemas = self.schemas(bounds).await?;
        Ok(((), format!("{} schemas can be seen", schemas.len())))
    }
}

impl Source for PostgresSource {
    fn dialect(&self) -> &'static Dialect {
        if self.redshift { &dialect::REDSHIFT } else { &dialect::POSTGRES }
    }

    fn test<'a>(&'a self, steps: &'a Steps, bounds: &'a Bounds) -> Answer<'a, ()> {
        Box::pin(self.tested(steps, bounds))
    }

    fn schemas<'a>(&'a self, bounds: &'a Bounds) -> Answer<'a, Vec<String>> {
        Box::pin(async {
            let rows = self.read(catalog::schemas(self.redshift), bounds).await?;
            Ok(rows.iter().filter_map(|row| row.first()).map(Value::to_string).collect())
        })
    }

    fn relations<'a>(&'a self, schema: &'a str, bounds: &'a Bounds) -> Answer<'a, Vec<Relation>> {
        Box::pin(async move {
            let rows = self.read(&catalog::relations(schema, self.redshift), bounds).await?;
            Ok(rows.iter().filter_map(|row| catalog::relation(row)).collect())
        })
    }

    fn columns<'a>(&'a self, relation: &'a RelationName, bounds: &'a Bounds) -> Answer<'a, Vec<Column>> {
        Box::pin(async move {
            let rows = self.read(&catalog::columns(relation, self.redshift), bounds).await?;
            Ok(rows.iter().filter_map(|row| catalog::column(row)).collect())
        })
    }

    fn query<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Rows> {
        Box::pin(async move {
            let sql = self.dialect().single(sql)?;
            rows::query(&self.sessions, sql, bounds).await
        })
    }

    fn execute<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Option<u64>> {
        Box::pin(async move { rows::execute(&self.sessions, self.dialect().single(sql)?, bounds).await })
    }

    fn estimate<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Estimate> {
        Box::pin(async move {
            let explained = format!("explain {}", self.dialect().single(sql)?);
            let rows = self.read(&explained, bounds).await?;
            let first = rows.first().and_then(|row| row.first()).map(Value::to_string).unwrap_or_default();
            Ok(catalog::estimate(&first))
        })
    }
}
