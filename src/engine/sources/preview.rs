//! A look at a model's rows: from the relation that dbt built, from the compiled SQL where it is not built, or from
//! the compiled SQL with its unbuilt parents written into it. Which of them it was is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::problem::{Code, Fix, Problem, Subject, key_part};
use crate::store::{Kind as NodeKind, ModelRecord};
use crate::warehouse::{Bounds, Column, Dialect, Estimate, Rows, Source, SourceError, Value};

use super::super::handle::{Core, Engine};
use super::{Chosen, failed, relation};

/// Codes that say that a relation is not there.
const NOT_THERE: [&str; 6] = [
    "PG-RELATION-MISSING",
    "PG-SCHEMA-MISSING",
    "SOURCE-NOT-BUILT",
    "SF-NOT-EXIST",
    "BQ-NOT-FOUND",
    "DBX-TABLE-MISSING",
];
/// Most parents that are written into a query.
const MOST_INLINED: usize = 64;

/// What is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRequest {
    pub project: String,
    pub unique_id: String,
    /// Most rows.
    pub limit: u32,
    /// Most bytes that may be read where they are paid for; without a bound where it is not set.
    pub most_bytes: Option<u64>,
}

/// Where the rows of a preview come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum PreviewOrigin {
    /// What dbt built.
    Relation { relation: String },
    /// The model's own SQL: it is not built.
    Compiled,
    /// The model's own SQL with that of these parents: neither is built.
    Inlined { parents: Vec<String> },
}

impl PreviewOrigin {
    /// In words, for a person.
    pub fn words(&self) -> String {
        match self {
            Self::Relation { relation } => format!("from {relation}"),
            Self::Compiled => "from its compiled SQL: it is not built".to_owned(),
            Self::Inlined { parents } if parents.len() == 1 => {
                format!("from its compiled SQL and that of {}: neither is built", parents.concat())
            }
            Self::Inlined { parents } => {
                format!("from its compiled SQL and that of {} parents: they are not built", parents.len())
            }
        }
    }
}

/// Some rows of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub project: String,
    pub unique_id: String,
    pub origin: PreviewOrigin,
    pub columns: Arc<[Column]>,
    pub rows: Vec<Vec<Value>>,
    /// There are more rows than were asked for.
    pub more: bool,
    /// What was run, without the limit around it.
    pub sql: String,
    /// When the rows were read.
    pub as_of: Timestamp,
    pub elapsed_ms: u64,
}

impl Engine {
    /// The first rows of a model, seed, snapshot or source.
    ///
    /// # Errors
    /// The project has no source, the warehouse refuses, or neither the relation nor what it is made of is there.
    pub async fn preview(&self, request: &PreviewRequest, cancel: &CancellationToken) -> Result<Preview, Problem> {
        let looking = Looking::begin(&self.core, request, cancel).await?;
        looking.preview(request.limit).await
    }

    /// What a preview would cost, without running it: bytes that are paid for, where the warehouse charges by
    /// them.
    pub async fn preview_cost(
        &self,
        request: &PreviewRequest,
        cancel: &CancellationToken,
    ) -> Result<Estimate, Problem> {
        let looking = Looking::begin(&self.core, request, cancel).await?;
        looking.estimate(request.limit).await
    }
}

/// A look at one model, begun.
pub(super) struct Looking<'a> {
    core: &'a Core,
    record: ModelRecord,
    project: String,
    chosen: Chosen,
    source: Arc<dyn Source>,
    most_bytes: Option<u64>,
    bounds: Bounds,
}

/// A query, and where its rows come from.
pub(super) struct Choice {
    pub(super) sql: String,
    pub(super) origin: PreviewOrigin,
}

impl<'a> Looking<'a> {
    pub(super) async fn begin(
        core: &'a Core,
        request: &PreviewRequest,
        cancel: &CancellationToken,
    ) -> Result<Self, Problem> {
        let (project, unique_id) = (request.project.clone(), request.unique_id.clone());
        let record = core.in_store(move |store| store.model(&project, &unique_id)).await?;
        let subject = Subject::Model { project: request.project.clone(), model: request.unique_id.clone() };
        let record = record.ok_or_else(|| {
            let summary = "There is no such model as of the last good sync";
            Problem::new(Code::new("CONFIG-REFERENCE"), subject.clone(), summary)
        })?;
        let Some(chosen) = core.chosen_for(&request.project).await? else {
            let summary = format!("The project {} has no source to read rows from", request.project);
            let fix = format!("Set projects.{}.source to a source of this workspace", key_part(&request.project));
            let mut problem = Problem::new(Code::new("SOURCE-NONE"), subject, summary).with_fix(Fix::read(fix));
            core.world.catalogue.describe(&mut problem);
            return Err(problem);
        };
        let (source, bounds) = core.reach(&chosen, cancel).await?;
        let (project, most_bytes) = (request.project.clone(), request.most_bytes);
        Ok(Self { core, record, project, chosen, source, most_bytes, bounds })
    }

    fn subject(&self) -> Subject {
        Subject::Model { project: self.project.clone(), model: self.record.unique_id.clone() }
    }

    pub(super) fn problem(&self, sql: &str, error: &SourceError) -> Problem {
        failed::of_model(self.core, &self.chosen, self.subject(), sql, error)
    }

    pub(super) fn dialect(&self) -> &'static Dialect {
        self.source.dialect()
    }

    /// Runs a query that reads, unless it would cost more than it may.
    pub(super) async fn query(&self, sql: &str) -> Result<Rows, SourceError> {
        if let Some(most) = self.most_bytes.filter(|_| self.dialect().charges_by_bytes) {
            let bytes = self.source.estimate(sql, &self.bounds).await?.bytes.unwrap_or(0);
            if bytes > most {
                return Err(SourceError::Costs { bytes });
            }
        }
        self.source.query(sql, &self.bounds).await
    }

    async fn preview(&self, limit: u32) -> Result<Preview, Problem> {
        let began = Instant::now();
        let (choice, (columns, rows, more)) = self.tried(|sql| self.rows(sql, limit)).await?;
        Ok(Preview {
            project: self.project.clone(),
            unique_id: self.record.unique_id.clone(),
            origin: choice.origin,
            columns,
            rows,
            more,
            sql: choice.sql,
            as_of: self.core.now(),
            elapsed_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    async fn estimate(&self, limit: u32) -> Result<Estimate, Problem> {
        let dialect = self.source.dialect();
        let estimate = |sql: String| async move {
            let sql = dialect.limited(dialect.single(&sql)?, limit.into());
            self.source.estimate(&sql, &self.bounds).await
        };
        Ok(self.tried(estimate).await?.1)
    }

    /// What `run` makes of the built relation; where that is not there, of the compiled SQL.
    pub(super) async fn tried<T, R>(&self, run: impl Fn(String) -> R) -> Result<(Choice, T), Problem>
    where
        R: Future<Output = Result<T, SourceError>>,
    {
        let mut missing = None;
        if let Some(relation) = &self.record.relation {
            let sql = format!("select * from {relation}");
            match run(sql.clone()).await {
                Ok(found) => {
                    let origin = PreviewOrigin::Relation { relation: relation.clone() };
                    return Ok((Choice { sql, origin }, found));
                }
                Err(error) => {
                    let problem = self.problem(&sql, &error);
                    if !NOT_THERE.contains(&problem.code.as_str()) {
                        return Err(problem);
                    }
                    missing = Some(problem);
                }
            }
        }
        let choice = match (self.compiled(), missing) {
            (Some(sql), _) => self.with_parents(sql).await?,
            (None, Some(missing)) => return Err(missing),
            (None, None) => return Err(self.nothing_to_run()),
        };
        let found = run(choice.sql.clone()).await.map_err(|error| self.problem(&choice.sql, &error))?;
        Ok((choice, found))
    }

    fn compiled(&self) -> Option<&str> {
        let sql = self.record.compiled_code.as_deref()?;
        (matches!(self.record.kind, NodeKind::Model | NodeKind::Snapshot) && !sql.trim().is_empty()).then_some(sql)
    }

    fn nothing_to_run(&self) -> Problem {
        let summary = "It has neither a relation nor compiled SQL to read rows from";
        let mut problem = Problem::new(Code::new("SOURCE-NOT-BUILT"), self.subject(), summary);
        if let Some((code, words)) = &self.record.problem {
            problem = problem.with_evidence("Why it has no compiled SQL", vec![format!("{code}: {words}")]);
        }
        self.core.world.catalogue.describe(&mut problem);
        problem
    }

    async fn rows(&self, sql: String, limit: u32) -> Result<Read, SourceError> {
        let dialect = self.source.dialect();
        // One more than is shown tells whether there are more.
        let limited = dialect.limited(dialect.single(&sql)?, u64::from(limit) + 1);
        let rows = self.query(&limited).await?;
        let columns = Arc::clone(rows.columns());
        let (batch, more) = rows.first(usize::try_from(limit).unwrap_or(usize::MAX)).await?;
        Ok((columns, batch.rows().map(<[Value]>::to_vec).collect(), more))
    }

    /// The compiled SQL with the SQL of those parents, and theirs, that are not built.
    async fn with_parents(&self, sql: &str) -> Result<Choice, Problem> {
        let mut unbuilt = Unbuilt::default();
        self.collect(&self.record, &mut unbuilt).await?;
        if unbuilt.order.is_empty() {
            return Ok(Choice { sql: sql.to_owned(), origin: PreviewOrigin::Compiled });
        }
        let dialect = self.source.dialect();
        let single = |sql: &str| dialect.single(sql).map(str::to_owned).map_err(|error| self.problem(sql, &error));
        let mut parts = Vec::new();
        for parent in &unbuilt.order {
            let sql = unbuilt.instead(&single(&parent.sql)?);
            parts.push(format!("{} as (\n{sql}\n)", parent.name));
        }
        let own = unbuilt.instead(&single(sql)?);
        let parents = unbuilt.order.iter().map(|parent| parent.model.clone()).collect();
        let sql = format!("with {}\nselect * from (\n{own}\n) as ebb_model", parts.join(",\n"));
        Ok(Choice { sql, origin: PreviewOrigin::Inlined { parents } })
    }

    /// Parents come before those that read them.
    async fn collect(&self, record: &ModelRecord, unbuilt: &mut Unbuilt) -> Result<(), Problem> {
        let mut waiting: Vec<(ModelRecord, bool)> = vec![(record.clone(), false)];
        while let Some((record, is_entered)) = waiting.pop() {
            if is_entered {
                unbuilt.add(&record);
                continue;
            }
            let (project, parents) = (self.project.clone(), record.parents.clone());
            let parents = self.core.in_store(move |store| {
                parents.iter().map(|parent| store.model(&project, parent)).collect::<Result<Vec<_>, _>>()
            });
            if record.unique_id != self.record.unique_id {
                waiting.push((record, true));
            }
            for parent in parents.await?.into_iter().flatten() {
                // What is ephemeral is written into the compiled SQL already.
                let Some(rendered) = parent.relation.clone() else { continue };
                if unbuilt.seen.insert(parent.unique_id.clone()) && !self.is_built(&rendered, unbuilt).await? {
                    if !matches!(parent.kind, NodeKind::Model) || parent.compiled_code.is_none() {
                        return Err(self.parent_missing(&parent, &rendered));
                    }
                    waiting.push((parent, false));
                }
            }
            if waiting.len() + unbuilt.order.len() > MOST_INLINED {
                return Err(self.parent_missing(&self.record, "more than can be written into one query"));
            }
        }
        Ok(())
    }

    async fn is_built(&self, rendered: &str, unbuilt: &mut Unbuilt) -> Result<bool, Problem> {
        // What is no plain name can't be looked up: the query itself will tell.
        let Some(name) = relation::parsed(rendered) else { return Ok(true) };
        let Some(schema) = name.schema.clone() else { return Ok(true) };
        if !unbuilt.schemas.contains_key(&schema) {
            let relations = self.source.relations(&schema, &self.bounds).await;
            let relations = relations.map_err(|error| self.problem(rendered, &error))?;
            let names = relations.into_iter().map(|relation| relation.name.to_lowercase()).collect();
            unbuilt.schemas.insert(schema.clone(), names);
        }
        Ok(unbuilt.schemas.get(&schema).is_some_and(|names| names.contains(&name.name.to_lowercase())))
    }

    fn parent_missing(&self, parent: &ModelRecord, relation: &str) -> Problem {
        let summary =
            format!("Neither {} nor what it is made of is there: {} is missing", self.record.name, parent.name);
        let mut problem = Problem::new(Code::new("SOURCE-NOT-BUILT"), self.subject(), summary)
            .with_evidence("Looked for", vec![relation.to_owned()])
            .with_fix(Fix::copy("Build it", format!("dbt build --select +{}", self.record.name)));
        self.core.world.catalogue.describe(&mut problem);
        problem
    }
}

type Read = (Arc<[Column]>, Vec<Vec<Value>>, bool);

/// Parents that are not built, and what was found out on the way.
#[derive(Default)]
struct Unbuilt {
    order: Vec<Parent>,
    seen: BTreeSet<String>,
    /// Names of the relations of the schemas that were looked at, in lower case.
    schemas: BTreeMap<String, BTreeSet<String>>,
}

struct Parent {
    model: String,
    relation: String,
    /// Of its common table expression.
    name: String,
    sql: String,
}

impl Unbuilt {
    fn add(&mut self, record: &ModelRecord) {
        let (Some(relation), Some(sql)) = (record.relation.clone(), record.compiled_code.clone()) else { return };
        let name = format!("ebb_parent_{}", self.order.len() + 1);
        self.order.push(Parent { model: record.name.clone(), relation, name, sql });
    }

    /// The SQL with the names of expressions instead of those relations.
    fn instead(&self, sql: &str) -> String {
        self.order.iter().fold(sql.to_owned(), |sql, parent| replaced(&sql, &parent.relation, &parent.name))
    }
}

/// `sql` with `relation` replaced wherever it stands as a whole name.
fn replaced(sql: &str, relation: &str, name: &str) -> String {
    let is_part =
        |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"'));
    let (mut result, mut rest) = (String::with_capacity(sql.len()), sql);
    while let Some(at) = rest.find(relation) {
        let (before, from) = rest.split_at(at);
        let after = from.get(relation.len()..).unwrap_or_default();
        let whole = !is_part(before.chars().next_back()) && !is_part(after.chars().next());
        result.push_str(before);
        result.push_str(if whole { name } else { relation });
        rest = after;
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_replaced() {
        for (sql, expected) in [
            (r#"select * from "d"."s"."t" join "d"."s"."t_2""#, r#"select * from x join "d"."s"."t_2""#),
            (r#"select "d"."s"."t".id from "d"."s"."t""#, r#"select "d"."s"."t".id from x"#),
            (r#"("d"."s"."t")"#, "(x)"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(replaced(sql, r#""d"."s"."t""#, "x"), expected);
        }
        assert_eq!(replaced("from d.s.t, d.s.tt, ad.s.t", "d.s.t", "x"), "from x, d.s.tt, ad.s.t");
    }

    #[test]
    fn the_origin_is_told_in_words() {
        let inlined =
            |parents: &[&str]| PreviewOrigin::Inlined { parents: parents.iter().map(|p| (*p).to_owned()).collect() };
        assert!(inlined(&["stg_orders"]).words().contains("that of stg_orders"));
        assert!(inlined(&["a", "b"]).words().contains("2 parents"));
        assert_eq!(PreviewOrigin::Relation { relation: "a.b".to_owned() }.words(), "from a.b");
    }
}
