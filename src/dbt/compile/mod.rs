//! The SQL of every node: rendered for good, then the ephemeral models put in front.

mod inject;
mod render;

pub(crate) use inject::inject_ctes;
pub(crate) use render::{Compiled, Rendered, compile_node};

use std::collections::HashMap;

use indexmap::IndexSet;

use super::context::{Failure, Uses};
use super::node::Node;
use super::problems::codes;
use crate::jinja::QuickIndexMap;

/// What one node became.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) sql: Option<String>,
    /// Without its ephemeral models, where it has any.
    pub(crate) own: Option<String>,
    /// The ephemeral models in it.
    pub(crate) ephemeral: Vec<String>,
    pub(crate) failure: Option<Failure>,
}

impl Outcome {
    fn done(sql: String, ephemeral: Vec<String>) -> Self {
        Self { sql: Some(sql), own: None, ephemeral, failure: None }
    }

    fn failed(failure: Failure) -> Self {
        Self { sql: None, own: None, ephemeral: Vec::new(), failure: Some(failure) }
    }
}

/// Rendered nodes by `unique_id`.
pub(crate) type AllRendered = QuickIndexMap<String, Rendered>;

/// Puts the ephemeral models into every node's SQL. `name` gives the name of an ephemeral model.
pub(crate) fn inject_all(rendered: AllRendered, name: impl Fn(&str) -> Option<String>) -> Vec<(String, Outcome)> {
    let has_ctes = |node: &Rendered| node.outcome.as_ref().is_ok_and(|compiled| !compiled.ephemeral.is_empty());
    let mut room = TOTAL_SQL;
    let mut injected: HashMap<String, Outcome> = rendered
        .iter()
        .filter(|(_, node)| has_ctes(node))
        .map(|(id, _)| {
            let outcome = if room == 0 { Outcome::failed(too_much()) } else { inject(&rendered, &name, id) };
            room = room.saturating_sub(outcome.sql.as_ref().map_or(0, String::len));
            (id.clone(), outcome)
        })
        .collect();
    let mut left = TOTAL_SQL;
    let mut within = |outcome: Outcome| -> Outcome {
        left = left.saturating_sub(outcome.sql.as_ref().map_or(0, String::len));
        if left == 0 { Outcome::failed(too_much()) } else { outcome }
    };
    let finish = |(id, node): (String, Rendered)| {
        let own = || match node.outcome {
            Ok(compiled) => Outcome::done(compiled.sql, Vec::new()),
            Err(failure) => Outcome::failed(failure),
        };
        let outcome = within(injected.remove(&id).unwrap_or_else(own));
        (id, outcome)
    };
    rendered.into_iter().map(finish).collect()
}

/// One node's SQL with the ephemeral models in it.
fn inject(rendered: &AllRendered, name: impl Fn(&str) -> Option<String>, id: &str) -> Outcome {
    let compiled = match rendered.get(id).map(|node| &node.outcome) {
        Some(Ok(compiled)) => compiled,
        Some(Err(refused)) => return Outcome::failed(refused.clone()),
        None => return Outcome::failed(failure(format!("{id} has no SQL"))),
    };
    let mut ordered = IndexSet::new();
    if let Err(failure) = gather(rendered, id, compiled, &mut ordered, &mut IndexSet::new()) {
        let (own, ephemeral) = (Some(compiled.sql.clone()), compiled.ephemeral.clone());
        return Outcome { own, ephemeral, ..Outcome::failed(failure) };
    }
    let ctes = ordered.iter().filter_map(|id| {
        let sql = &rendered.get(id)?.outcome.as_ref().ok()?.sql;
        Some(format!(" __dbt__cte__{} as (\n{sql}\n)", name(id)?))
    });
    let ctes: Vec<String> = ctes.collect();
    let whole = inject_ctes(&compiled.sql, &ctes);
    Outcome { own: Some(compiled.sql.clone()), ..Outcome::done(whole, ordered.into_iter().collect()) }
}

fn too_much() -> Failure {
    let message = format!("the project's compiled SQL is larger than {TOTAL_SQL} bytes");
    Failure { code: codes::JINJA_LIMIT, ..failure(message) }
}

/// What becomes of a node once there is too much SQL.
pub(crate) fn refuse_node(node: &Node) -> Option<Rendered> {
    render::is_compiled(node).then(|| Rendered { macros: Vec::new(), uses: Uses::default(), outcome: Err(too_much()) })
}

/// Bytes of compiled SQL that one project may have; the largest that are known have a fifth.
pub(crate) const TOTAL_SQL: usize = 256 << 20;

/// The ephemeral models under a node, those that others need first.
fn gather(
    rendered: &AllRendered,
    node: &str,
    compiled: &Compiled,
    ordered: &mut IndexSet<String>,
    open: &mut IndexSet<String>,
) -> Result<(), Failure> {
    for id in &compiled.ephemeral {
        if ordered.contains(id) {
            continue;
        }
        if !open.insert(id.clone()) || open.len() > DEEPEST {
            return Err(failure(format!("{node} needs the ephemeral model {id}, which needs itself")));
        }
        match rendered.get(id).map(|node| &node.outcome) {
            Some(Ok(below)) => gather(rendered, id, below, ordered, open)?,
            Some(Err(below)) if below.code == codes::NEEDS_WAREHOUSE => {
                let message = format!("{node} needs the ephemeral model {id}, which needs the warehouse");
                return Err(Failure { code: codes::NEEDS_WAREHOUSE, ..failure(message) });
            }
            Some(Err(_)) => {
                return Err(failure(format!("{node} needs the ephemeral model {id}, which could not be compiled")));
            }
            None => return Err(failure(format!("{node} needs the ephemeral model {id}, which has no SQL"))),
        }
        open.shift_remove(id);
        ordered.insert(id.clone());
    }
    Ok(())
}

/// Ephemeral models within ephemeral models.
const DEEPEST: usize = 200;

fn failure(message: String) -> Failure {
    Failure { code: codes::COMPILE, message, line: 0, column: 0, stack: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered_as(outcome: Result<Compiled, Failure>) -> Rendered {
        Rendered { outcome, macros: Vec::new(), uses: Uses::default() }
    }

    #[test]
    fn a_node_whose_ephemeral_model_fails_keeps_its_own_sql() {
        let compiled =
            Compiled { sql: "select * from __dbt__cte__e".to_owned(), ephemeral: vec!["model.p.e".to_owned()] };
        let rendered = AllRendered::from_iter([
            ("model.p.e".to_owned(), rendered_as(Err(failure("no".to_owned())))),
            ("model.p.b".to_owned(), rendered_as(Ok(compiled))),
        ]);
        let outcomes: HashMap<String, Outcome> = inject_all(rendered, |_| None).into_iter().collect();
        assert_eq!(outcomes["model.p.b"].own.as_deref(), Some("select * from __dbt__cte__e"));
        assert_eq!(outcomes["model.p.b"].ephemeral, ["model.p.e"]);
        assert!(outcomes.values().all(|outcome| outcome.failure.is_some()));
    }
}
