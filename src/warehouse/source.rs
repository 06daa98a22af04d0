//! The one trait that every warehouse is read through: test, list, query as a stream of typed batches, execute,
//! estimate. Holds no driver; what is common to all of them (bounds, cancelling, steps of a test) is here.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;

use super::dialect::Dialect;
use super::error::SourceError;
use super::value::{Batch, Column};

/// What a source hands out.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SourceError>> + Send + 'a>>;

/// A warehouse that models are read from.
///
/// All of it ends within its [`Bounds`], and what runs on the server is told to stop when they are reached.
pub trait Source: fmt::Debug + Send + Sync {
    /// How its SQL is written.
    fn dialect(&self) -> &'static Dialect;

    /// Goes the steps from the settings to a first read, telling each. The first one that fails ends it.
    fn test<'a>(&'a self, steps: &'a Steps, bounds: &'a Bounds) -> Answer<'a, ()>;

    /// The names of the schemas that the user may look into, sorted.
    fn schemas<'a>(&'a self, bounds: &'a Bounds) -> Answer<'a, Vec<String>>;

    /// The tables and views of a schema, sorted by name.
    fn relations<'a>(&'a self, schema: &'a str, bounds: &'a Bounds) -> Answer<'a, Vec<Relation>>;

    /// The columns of a relation in their order; empty where there is no such relation.
    fn columns<'a>(&'a self, relation: &'a RelationName, bounds: &'a Bounds) -> Answer<'a, Vec<Column>>;

    /// Runs one query that reads, and hands out its rows as they come. A `;` at its end and comments after it
    /// are taken off; a second statement is refused. Dropping the rows stops the query.
    fn query<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Rows>;

    /// Runs one statement that may change something. The number of rows it touched, where the server says so.
    fn execute<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Option<u64>>;

    /// What a query would cost, without running it.
    fn estimate<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Estimate>;
}

/// How long something may take, and what stops it before.
#[derive(Clone, Debug)]
pub struct Bounds {
    pub within: Duration,
    pub cancel: CancellationToken,
    began: Instant,
}

impl Bounds {
    /// From now on.
    pub fn new(within: Duration, cancel: CancellationToken) -> Self {
        Self { within, cancel, began: Instant::now() }
    }

    /// What is left of the time.
    pub fn left(&self) -> Duration {
        self.within.saturating_sub(self.began.elapsed())
    }

    /// The future's outcome, or that time is up or that it was cancelled, whichever comes first. The future
    /// is dropped then; stopping what runs on the server is the caller's.
    pub async fn keep<T>(&self, future: impl Future<Output = T>) -> Result<T, SourceError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(SourceError::Cancelled),
            outcome = future => Ok(outcome),
            () = tokio::time::sleep(self.left()) => Err(SourceError::TimedOut { after: self.within }),
        }
    }
}

/// A relation's full name. A part that the warehouse does not have, or that is the session's own, is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RelationName {
    pub database: Option<String>,
    pub schema: Option<String>,
    pub name: String,
}

impl RelationName {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { database: None, schema: Some(schema.into()), name: name.into() }
    }
}

/// A table or a view that a schema holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Relation {
    pub name: String,
    pub kind: RelationKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    Table,
    View,
    MaterializedView,
    /// Its rows lie outside of the warehouse.
    External,
}

impl RelationKind {
    /// In words, for a list.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::External => "external table",
        }
    }
}

/// What a query would cost, as far as the warehouse says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Estimate {
    /// Rows that it would give.
    pub rows: Option<u64>,
    /// Bytes that it would read (and that are paid for, where a warehouse charges by them).
    pub bytes: Option<u64>,
    /// Whether the warehouse charges by these bytes.
    pub charged: bool,
}

/// The rows of a query, as they come.
pub struct Rows {
    columns: Arc<[Column]>,
    batches: Pin<Box<dyn Stream<Item = Result<Batch, SourceError>> + Send>>,
}

impl Rows {
    pub fn new(
        columns: impl Into<Arc<[Column]>>,
        batches: impl Stream<Item = Result<Batch, SourceError>> + Send + 'static,
    ) -> Self {
        Self { columns: columns.into(), batches: Box::pin(batches) }
    }

    pub fn columns(&self) -> &Arc<[Column]> {
        &self.columns
    }

    /// The next rows; none at the end. After an error comes nothing more.
    pub async fn next(&mut self) -> Option<Result<Batch, SourceError>> {
        self.batches.next().await
    }

    /// The first rows, `most` of them at most, and whether there are more.
    pub async fn first(mut self, most: usize) -> Result<(Batch, bool), SourceError> {
        let width = self.columns.len();
        let mut kept = Batch::new(width, 0);
        while let Some(batch) = self.next().await {
            let room = most.saturating_sub(kept.len());
            let batch = batch?;
            let more = batch.len() > room;
            batch.into_values().into_iter().take(room.saturating_mul(width)).for_each(|value| kept.push(value));
            if more {
                return Ok((kept, true));
            }
        }
        Ok((kept, false))
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// The steps of a test, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceStep {
    /// Settings and secrets are there.
    Settings,
    /// The host's name is known.
    Name,
    /// Its port can be reached, or the file can be opened.
    Connection,
    /// TLS, and whether the server proves who it is.
    Security,
    Authentication,
    /// The database, project or catalog is there.
    Database,
    /// What computes: a virtual warehouse, and whether it runs.
    Compute,
    /// A query is answered, and schemas can be seen.
    Read,
}

impl SourceStep {
    pub const ALL: [Self; 8] = [
        Self::Settings,
        Self::Name,
        Self::Connection,
        Self::Security,
        Self::Authentication,
        Self::Database,
        Self::Compute,
        Self::Read,
    ];

    /// In words, for a list.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Name => "host name",
            Self::Connection => "connection",
            Self::Security => "TLS",
            Self::Authentication => "authentication",
            Self::Database => "database",
            Self::Compute => "compute",
            Self::Read => "read",
        }
    }
}

/// What a test tells while it goes its steps.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum StepEvent {
    StepBegan {
        step: SourceStep,
    },
    StepEnded {
        step: SourceStep,
        outcome: StepOutcome,
        /// What was found, in words; no secret.
        detail: String,
        elapsed_ms: u64,
    },
    /// Something worth knowing that is no failure.
    Noted {
        words: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    Passed,
    Failed,
    /// Not needed here, or not to be told apart from another step.
    Skipped,
}

/// Who is told of a test's steps.
pub struct Steps {
    told: Box<dyn Fn(StepEvent) + Send + Sync>,
}

impl Steps {
    /// `told` is called from any thread and must not block.
    pub fn new(told: impl Fn(StepEvent) + Send + Sync + 'static) -> Self {
        Self { told: Box::new(told) }
    }

    /// Nobody is told.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// Runs one step and tells how it went; the text of a good outcome says what was found.
    pub async fn step<T>(
        &self,
        step: SourceStep,
        run: impl Future<Output = Result<(T, String), SourceError>>,
    ) -> Result<T, SourceError> {
        (self.told)(StepEvent::StepBegan { step });
        let began = Instant::now();
        let outcome = run.await;
        let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (outcome_word, detail, outcome) = match outcome {
            Ok((found, detail)) => (StepOutcome::Passed, detail, Ok(found)),
            Err(error) => (StepOutcome::Failed, error.to_string(), Err(error)),
        };
        (self.told)(StepEvent::StepEnded { step, outcome: outcome_word, detail, elapsed_ms });
        outcome
    }

    /// A step that is not gone here, and why.
    pub fn skipped(&self, step: SourceStep, why: &str) {
        let (outcome, detail) = (StepOutcome::Skipped, why.to_owned());
        (self.told)(StepEvent::StepEnded { step, outcome, detail, elapsed_ms: 0 });
    }

    /// Something worth knowing.
    pub fn note(&self, words: impl Into<String>) {
        (self.told)(StepEvent::Noted { words: words.into() });
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steps")
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::super::value::{Kind, Value};
    use super::*;

    fn rows(sizes: &[i64]) -> Rows {
        let batches: Vec<_> = sizes
            .iter()
            .map(|size| {
                let mut batch = Batch::new(1, 0);
                (0..*size).for_each(|number| batch.push(Value::Integer(number)));
                Ok(batch)
            })
            .collect();
        Rows::new(vec![Column::new("n", Kind::Integer, "int8")], stream::iter(batches))
    }

    #[tokio::test]
    async fn the_first_rows_and_whether_there_are_more() {
        for (sizes, most, expected) in [
            (&[3, 3][..], 4, (4, true)),
            (&[3, 3], 6, (6, false)),
            (&[3, 3], 3, (3, true)),
            (&[0, 2], 10, (2, false)),
            (&[], 10, (0, false)),
            (&[5], 0, (0, true)),
        ] {
            let (batch, more) = rows(sizes).first(most).await.unwrap();
            assert_eq!((batch.len(), more), expected, "{sizes:?} {most}");
        }
    }

    #[tokio::test]
    async fn an_error_after_good_rows_is_not_swallowed() {
        let batches = vec![Ok(Batch::new(1, 0)), Err(SourceError::Cut { raw: "reset".to_owned() })];
        let rows = Rows::new(vec![Column::new("n", Kind::Integer, "int8")], stream::iter(batches));
        assert_eq!(rows.first(5).await, Err(SourceError::Cut { raw: "reset".to_owned() }));
    }

    #[tokio::test]
    async fn bounds_end_what_does_not_end_by_itself() {
        let cancel = CancellationToken::new();
        let bounds = Bounds::new(Duration::from_millis(20), cancel.clone());
        assert_eq!(bounds.keep(async { 7 }).await, Ok(7));
        let never = bounds.keep(std::future::pending::<()>()).await;
        assert_eq!(never, Err(SourceError::TimedOut { after: Duration::from_millis(20) }));
        assert_eq!(bounds.left(), Duration::ZERO);
        cancel.cancel();
        assert_eq!(bounds.keep(async { 7 }).await, Err(SourceError::Cancelled));
    }

    #[tokio::test]
    async fn a_step_is_told_when_it_begins_and_how_it_ended() {
        let (sender, told) = std::sync::mpsc::channel();
        let steps = Steps::new(move |event| sender.send(event).unwrap());
        let passed = steps.step(SourceStep::Name, async { Ok((1, "10.0.0.1".to_owned())) }).await;
        let failed: Result<(), _> = steps.step(SourceStep::Read, async { Err(SourceError::Cancelled) }).await;
        steps.skipped(SourceStep::Security, "a socket of this machine");
        assert_eq!((passed, failed), (Ok(1), Err(SourceError::Cancelled)));
        let told: Vec<String> = told
            .try_iter()
            .map(|event| match event {
                StepEvent::StepBegan { step } => format!("{} …", step.title()),
                StepEvent::StepEnded { step, outcome, detail, .. } => {
                    format!("{} {outcome:?}: {detail}", step.title())
                }
                StepEvent::Noted { words } => words,
            })
            .collect();
        let expected = [
            "host name …",
            "host name Passed: 10.0.0.1",
            "read …",
            "read Failed: it was cancelled",
            "TLS Skipped: a socket of this machine",
        ];
        assert_eq!(told, expected);
    }
}
