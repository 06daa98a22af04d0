//! The SQL of every node: rendered for good, then the ephemeral models put in front.

mod inject;
mod render;

pub(crate) use inject::inject_ctes;
pub(crate) use render::{Rendered, compile_node};

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

use render::Compiled;

use super::context::Failure;
use super::node::Node;
use super::problems::codes;

/// What one node became: its SQL and the ephemeral models in it, or why not.
pub(crate) type Outcome = Result<(String, Vec<String>), Failure>;

/// Puts the ephemeral models into every node's SQL. `names` gives the names of the ephemeral models.
pub(crate) fn inject_all(
    rendered: &IndexMap<String, Rendered>,
    names: &HashMap<String, String>,
) -> IndexMap<String, Outcome> {
    let finish = |id: &String, node: &Rendered| -> Outcome {
        let compiled = node.outcome.as_ref().map_err(Clone::clone)?;
        if compiled.ephemeral.is_empty() {
            return Ok((compiled.sql.clone(), Vec::new()));
        }
        let mut ordered = IndexSet::new();
        gather(rendered, id, compiled, &mut ordered, &mut IndexSet::new())?;
        let ctes = ordered.iter().filter_map(|id| {
            let sql = &rendered.get(id)?.outcome.as_ref().ok()?.sql;
            Some(format!(" __dbt__cte__{} as (\n{sql}\n)", names.get(id)?))
        });
        let ctes: Vec<String> = ctes.collect();
        Ok((inject_ctes(&compiled.sql, &ctes), ordered.into_iter().collect()))
    };
    let mut left = TOTAL_SQL;
    let mut within = |outcome: Outcome| -> Outcome {
        let (sql, ctes) = outcome?;
        left = left.saturating_sub(sql.len());
        if left == 0 {
            return Err(too_much());
        }
        Ok((sql, ctes))
    };
    rendered.iter().map(|(id, result)| (id.clone(), within(finish(id, result)))).collect()
}

fn too_much() -> Failure {
    let message = format!("the project's compiled SQL is larger than {TOTAL_SQL} bytes");
    Failure { code: codes::JINJA_LIMIT, ..failure(message) }
}

/// What becomes of a node once there is too much SQL.
pub(crate) fn refuse_node(node: &Node) -> Option<Rendered> {
    render::is_compiled(node).then(|| Rendered { outcome: Err(too_much()), macros: Vec::new() })
}

/// Bytes of compiled SQL that one project may have; the largest that are known have a tenth.
pub(crate) const TOTAL_SQL: usize = 512 << 20;

/// The ephemeral models under a node, those that others need first.
fn gather(
    rendered: &IndexMap<String, Rendered>,
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
