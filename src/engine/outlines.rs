//! What selections and "who uses this macro" are answered from: each project's outline as of its last
//! good sync, read from the store once and kept. Blocks: call it off the thread that draws.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::dbt::{self, Asked, NodeKind, Outline, Project, Selectors, State, Wanted};
use crate::problem::Problem;
use crate::store::{Store, SyncId};

use super::handle::Engine;
use super::views::Selection;

/// Outlines by project, each as of a sync.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    known: Mutex<HashMap<String, (SyncId, Arc<Outlined>)>>,
}

/// A project without its texts, and the one that it was before it changed last.
#[derive(Debug)]
pub(super) struct Outlined {
    pub(super) now: Project,
    before: Option<State>,
}

impl Outlines {
    /// The newest outline of a project; none where no sync has recorded one.
    pub(super) fn of(&self, store: &Store, project: &str) -> Result<Option<Arc<Outlined>>, Problem> {
        let Some(sync) = store.outline_sync(project)? else { return Ok(None) };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(project).cloned();
        if let Some((_, outlined)) = known.filter(|(of, _)| *of == sync) {
            return Ok(Some(outlined));
        }
        let bodies = store.outlines(project)?;
        // One that cannot be read comes from another version of this program: the next sync writes anew.
        let mut read = bodies.iter().map(|body| serde_json::from_str::<Outline>(body).ok().map(Outline::into_project));
        let Some(now) = read.next().flatten() else { return Ok(None) };
        let before = read.next().flatten().map(State::of_project);
        let outlined = Arc::new(Outlined { now, before });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(project.to_owned(), (sync, Arc::clone(&outlined)));
        Ok(Some(outlined))
    }
}

impl Outlined {
    /// Nodes that use a macro themselves, and macros that call it: `unique_id`s, sorted.
    pub(super) fn users(&self, of: &str) -> (Vec<String>, Vec<String>) {
        let nodes = self.now.nodes.values().filter(|node| node.enabled);
        let users = nodes.filter(|node| node.depends_on_macros.iter().any(|id| id == of));
        let callers = self.now.macro_definitions.iter().filter(|one| one.depends_on.iter().any(|id| id == of));
        let mut users: Vec<String> = users.map(|node| node.unique_id.clone()).collect();
        let mut callers: Vec<String> = callers.map(|one| one.unique_id.clone()).collect();
        users.sort_unstable();
        callers.sort_unstable();
        (users, callers)
    }
}

/// Kinds that a selection lists. Tests come only when they are asked for: every model brings its own.
const KINDS: [&str; 6] = ["model", "seed", "snapshot", "source", "exposure", "analysis"];
/// Criteria that ask for tests.
const OF_TESTS: [&str; 4] = ["test_name:", "test_type:", "resource_type:test", "resource_type:all"];

impl Engine {
    /// What a selection in dbt's syntax means in each project of the workspace, as of its last good sync:
    /// spaces unite, commas intersect. `state:` compares with what the project was before it changed last.
    pub fn select(&self, words: &str) -> Result<Selection, Problem> {
        let asked = Asked { select: words.split_whitespace().map(str::to_owned).collect(), ..Asked::default() };
        let mut kinds = KINDS.to_vec();
        if OF_TESTS.iter().any(|criterion| words.contains(criterion)) {
            kinds.push(NodeKind::Test.resource_type());
        }
        let mut selection = Selection::default();
        let mut refused = None;
        for project in self.core.workspace().settings.projects.keys() {
            let Some(outlined) = self.core.outlines.of(&self.core.world.store, project)? else { continue };
            let wanted = Wanted { resource_types: &kinds, state: outlined.before.as_ref(), with_empty: true };
            let spec = asked.spec(&Selectors::default());
            match spec.and_then(|spec| dbt::select(&outlined.now, &spec, &wanted)) {
                Ok(selected) => {
                    selection.ids.extend(selected.ids.into_iter().map(|id| (project.clone(), id)));
                    selection.remarks.extend(selected.remarks);
                }
                Err(error) => {
                    let problem = error.to_problem(project);
                    let fix = problem.fixes.first().map(|fix| format!("; {}", fix.title)).unwrap_or_default();
                    refused = Some(format!("{}{fix}", problem.summary));
                }
            }
        }
        // What one project cannot answer may make sense in another.
        selection.refused = refused.filter(|_| selection.ids.is_empty());
        Ok(selection)
    }
}
