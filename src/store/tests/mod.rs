//! The store as a whole, through its public methods. Shared makers of records stand here.

use indexmap::IndexMap;
use jiff::Timestamp;

use super::*;
use crate::problem::{Code, Problem, Subject};

mod against_a_plain_list;
mod history;
mod macros;
mod opening;
mod problems;
mod retention;
mod scale;
mod sharing;

/// A time that many seconds after 1970.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A small model; `code` is what tells versions apart.
fn model(name: &str, code: &str) -> ModelRecord {
    ModelRecord {
        unique_id: format!("model.shop.{name}"),
        kind: Kind::Model,
        name: name.to_owned(),
        package: "shop".to_owned(),
        path: format!("models/marts/{name}.sql"),
        folders: vec!["marts".to_owned(), name.to_owned()],
        materialized: "table".to_owned(),
        enabled: true,
        relation: Some(format!("\"db\".\"analytics\".\"{name}\"")),
        description: String::new(),
        tags: vec!["nightly".to_owned()],
        config: IndexMap::new(),
        columns: Vec::new(),
        tests: Vec::new(),
        constraints: Vec::new(),
        details: IndexMap::new(),
        raw_code: code.to_owned(),
        compiled_code: Some(code.to_owned()),
        parents: Vec::new(),
        children: Vec::new(),
        macros: Vec::new(),
        problem: None,
    }
}

fn finish(id: SyncId, state: SyncState) -> SyncFinish {
    SyncFinish {
        id,
        state,
        at: at(id.0 * 100 + 50),
        counts: SyncCounts::default(),
        summary: None,
        commit: None,
        unchanged: false,
        settings: String::new(),
        models: None,
        macros: Vec::new(),
        outline: String::new(),
        problems: Vec::new(),
        examined: Examined::Nothing,
    }
}

fn begin(store: &Store, project: &str) -> SyncId {
    store.begin_sync(project, Cause::Manual, "main", at(1)).unwrap()
}

/// A sync that found these models and nothing wrong.
fn good_sync(store: &Store, project: &str, models: &[ModelRecord]) -> SyncId {
    let id = begin(store, project);
    let models = Some(models.to_vec());
    store.finish_sync(SyncFinish { models, examined: Examined::All, ..finish(id, SyncState::Succeeded) }).unwrap();
    id
}

fn problem(code: &'static str, model: &str) -> Problem {
    let subject = Subject::Model { project: "shop".to_owned(), model: format!("model.shop.{model}") };
    Problem::new(Code::new(code), subject, format!("{code} in {model}"))
}
