//! Makes anew what has changed of a kept project, and keeps the rest. The unit is a file: what it defines is
//! made again as a whole, by the same steps as in a load from nothing.
//!
//! Where it can't be told what a change reaches (two nodes of one name, metrics, other settings), there is no
//! renewal: everything is loaded again. So is it when more than a part has changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::again::{Made, concerns_several_files};
use super::homes::Homes;
use super::macros::YamlPath;
use super::nodes::Drafts;
use super::parts::{Parts, Settled, path_of};
use super::pool::Pool;
use super::setup::Setup;
use super::{Counter, Load, Whole, checks, definitions};
use crate::dbt::compile::{AllRendered, Compiled, Rendered};
use crate::dbt::context::{Look, Mark, Uses};
use crate::dbt::definitions::{GroupDefinition, MacroDefinition};
use crate::dbt::kept::{Change, Kept};
use crate::dbt::node::{Node, Nodes};
use crate::dbt::options::LoadStage;
use crate::dbt::parse::Properties;
use crate::dbt::problems::{Problems, codes};
use crate::problem::{Problem, Subject};

/// So often may the parts grow by what their outcome reaches.
const ROUNDS: usize = 6;

/// Files that decide over all others.
const DECISIVE: [&str; 4] = ["packages.yml", "dependencies.yml", "package-lock.yml", ".dbtignore"];

/// What was read before any node.
struct Ready {
    setup: Setup,
    /// Without what YAML says of them.
    definitions: Vec<MacroDefinition>,
    problems: Problems,
}

impl Load<'_> {
    /// The project as it is now, and how many files were made to nodes again; nothing where all is to be loaded.
    pub(super) fn renew(
        &self,
        pool: &Pool,
        kept: Kept,
        changed: &[String],
        mut marks: HashSet<Mark>,
    ) -> Option<(Made, usize)> {
        let is_decisive = |path: &String| DECISIVE.contains(&path.rsplit('/').next().unwrap_or_default());
        if changed.iter().any(is_decisive) {
            return None;
        }
        let mut problems = Problems::default().named(&kept.project.name);
        let setup = self.set_up(pool, &mut problems)?;
        marks.extend(looks(kept.basis.change_of_projects(setup.shared.projects.values()))?);
        let definitions = setup.macro_definitions();
        let macros = MacroChange::between(&kept, &definitions, changed)?;
        marks.extend(&macros.changed);
        marks.extend(changed_docs(&kept, &setup));
        let marks = looks(kept.basis.settled(marks))?;
        let ready = Ready { setup, definitions, problems };
        let mut parts = Parts::new(&kept, &ready.setup, changed, &marks, &macros.moved);
        let drafted = self.draft_parts(pool, &ready.setup, &mut parts)?;
        let (settled, files) = (parts.settle(), parts.len());
        self.complete(pool, kept, ready, settled, drafted).map(|made| (made, files))
    }

    /// Drafts of all that is to be made anew; the parts grow until nothing else is reached.
    fn draft_parts(&self, pool: &Pool, setup: &Setup, parts: &mut Parts<'_>) -> Option<(Drafts, Problems)> {
        for _ in 0..ROUNDS {
            self.goes_on()?;
            parts.grow(|paths| self.read_yaml_alone(pool, setup, paths));
            if parts.is_most() {
                return None;
            }
            let mut problems = Problems::default();
            let paths: Vec<_> = parts.node_files().cloned().collect();
            let counter = Counter::start(self.progress, LoadStage::Parse, paths.len());
            let mut drafts = self.parse_nodes(pool, &setup.shared, &paths, &counter, &mut problems);
            let (properties, wrong) = parts.properties();
            problems.extend(wrong);
            drafts.other_names = parts.other_names();
            self.describe(pool, &setup.shared, &mut drafts, properties, &mut problems);
            if drafts.has_overrides {
                return None;
            }
            if parts.take_effects(&drafts.all)? {
                return Some((drafts, problems));
            }
        }
        None
    }

    fn read_yaml_alone(&self, pool: &Pool, setup: &Setup, paths: &[YamlPath]) -> Vec<(Properties, Vec<Problem>)> {
        let mut problems = Problems::default();
        let counter = Counter::start(self.progress, LoadStage::Parse, paths.len());
        let read = self.read_yaml(pool, &setup.shared, paths, &counter, &mut problems);
        let mut by_path: HashMap<String, Vec<Problem>> = HashMap::new();
        for problem in problems.finish("") {
            by_path.entry(path_of(&problem).unwrap_or_default().to_owned()).or_default().push(problem);
        }
        let with_problems = |found: Properties| {
            let wrong = by_path.remove(&found.path).unwrap_or_default();
            (found, wrong)
        };
        read.into_iter().map(with_problems).collect()
    }

    /// Links, compiles and checks; puts old and new together.
    fn complete(
        &self,
        pool: &Pool,
        mut kept: Kept,
        ready: Ready,
        settled: Settled,
        (mut drafts, mut problems): (Drafts, Problems),
    ) -> Option<Made> {
        let Ready { setup, mut definitions, problems: setup_problems } = ready;
        carry_descriptions(&kept, &settled, &Homes::new(&setup), &mut definitions);
        self.describe_macros(&setup, &mut definitions, &mut drafts, &mut problems);
        let homes = Homes::new(&setup);
        let groups = groups(&kept, &settled, &homes, definitions::groups(std::mem::take(&mut drafts.groups)));
        let mut others = std::mem::take(&mut kept.project.nodes);
        others.retain(|id, _| !settled.replaced.contains(id));
        let carried = carried_ephemeral(&others)?;
        let mut linked = self.link(pool, &setup, &mut drafts, others, &mut problems);
        linked.carried = carried;
        self.goes_on()?;
        let mut nodes = self.compile(pool, &setup.shared, &mut linked, &mut drafts.footprints, &mut problems);
        self.goes_on()?;
        let mut wrong = Problems::default();
        checks::check(&setup.shared, &mut nodes, &linked.origins, &groups, &mut wrong);
        if wrong.len() > 0 {
            return None;
        }
        nodes.sort_by_cached_key(|_, node| homes.order(node));
        let setup_count = setup_problems.len();
        let all = together(&kept, &settled, setup_problems, problems);
        if all.iter().any(|problem| concerns_several_files(&problem.code)) {
            return None;
        }
        let carried = kept.files.into_iter().filter(|file| !settled.paths.contains(&file.path));
        let carried = carried.map(|file| (file.path.clone(), file)).collect();
        let project = setup.project(nodes, definitions, setup.docs.definitions().to_vec(), groups)?;
        let footprints = drafts.footprints;
        let whole = Whole { project, setup, setup_problems: setup_count, footprints, in_parts: true };
        Some(Made { whole, problems: all, carried, everybodys: kept.basis.everybodys })
    }
}

/// What looked at these is to be made anew; nothing where everything is.
fn looks(change: Change) -> Option<HashSet<Mark>> {
    match change {
        Change::Looks(marks) => Some(marks),
        Change::Everything => None,
    }
}

/// How macros differ from what was kept.
struct MacroChange {
    /// Names of those with another text, new ones and lost ones.
    changed: HashSet<Mark>,
    /// Names of all in files that changed: errors in them may stand on other lines.
    moved: HashSet<Mark>,
}

impl MacroChange {
    /// Nothing where a description of a macro may find another macro, or none.
    fn between(kept: &Kept, now: &[MacroDefinition], paths: &[String]) -> Option<Self> {
        let mut old: HashMap<&str, &MacroDefinition> =
            kept.project.macro_definitions.iter().map(|one| (one.unique_id.as_str(), one)).collect();
        let (mut changed, mut moved) = (HashSet::new(), HashSet::new());
        let mut is_new = false;
        for one in now {
            let mark = Look::Name(&one.name).mark();
            let before = old.remove(one.unique_id.as_str());
            is_new |= before.is_none();
            let is_same = |before: &&MacroDefinition| {
                before.macro_sql == one.macro_sql && before.original_file_path == one.original_file_path
            };
            if !before.as_ref().is_some_and(is_same) {
                changed.insert(mark);
            }
            if paths.iter().any(|path| path.ends_with(&one.original_file_path)) {
                moved.insert(mark);
            }
        }
        let is_described = |one: &&MacroDefinition| one.patch_path.is_some();
        let went_astray = kept.problems.iter().any(|problem| problem.code == codes::PATCH_UNMATCHED);
        if old.values().any(is_described) || is_new && went_astray {
            return None;
        }
        changed.extend(old.values().map(|one| Look::Name(&one.name).mark()));
        Some(Self { changed, moved })
    }
}

/// Docs blocks with another text, new ones and lost ones.
fn changed_docs(kept: &Kept, setup: &Setup) -> HashSet<Mark> {
    let before: HashSet<_> = kept.project.docs.iter().map(|one| (&one.unique_id, &one.block_contents)).collect();
    let after: HashSet<_> = setup.docs.definitions().iter().map(|one| (&one.unique_id, &one.block_contents)).collect();
    let differing = before.symmetric_difference(&after);
    differing.filter_map(|(id, _)| Some(Look::Doc(id.splitn(3, '.').nth(2)?).mark())).collect()
}

/// Takes over what YAML files that stay say of macros.
fn carry_descriptions(kept: &Kept, settled: &Settled, homes: &Homes<'_>, definitions: &mut [MacroDefinition]) {
    let stays = |path: &str| {
        let is_there = path.split_once("://").is_some_and(|(package, path)| homes.yaml(package, path).is_some());
        is_there && !settled.patch_paths.contains(path)
    };
    let described = kept.project.macro_definitions.iter().filter(|one| one.patch_path.as_deref().is_some_and(stays));
    let described: HashMap<&str, &MacroDefinition> = described.map(|one| (one.unique_id.as_str(), one)).collect();
    for one in definitions {
        if let Some(before) = described.get(one.unique_id.as_str()) {
            one.description.clone_from(&before.description);
            one.meta.clone_from(&before.meta);
            one.docs.clone_from(&before.docs);
            one.patch_path.clone_from(&before.patch_path);
            one.arguments.clone_from(&before.arguments);
        }
    }
}

/// The groups of the files that stay and those that are new, in the order of their files.
fn groups(kept: &Kept, settled: &Settled, homes: &Homes<'_>, new: Vec<GroupDefinition>) -> Vec<GroupDefinition> {
    let place = |group: &GroupDefinition| homes.yaml(&group.package_name, &group.original_file_path);
    let stays = |group: &&GroupDefinition| {
        let path = format!("{}://{}", group.package_name, group.original_file_path);
        place(group).is_some() && !settled.patch_paths.contains(&path)
    };
    let mut groups: Vec<GroupDefinition> = kept.project.groups.iter().filter(stays).cloned().chain(new).collect();
    groups.sort_by_key(place);
    groups
}

/// The ephemeral models that stay, as new nodes need them; nothing where one of them failed.
fn carried_ephemeral(others: &Nodes) -> Option<AllRendered> {
    let is_ephemeral = |node: &&Arc<Node>| node.enabled && node.materialized == "ephemeral" && node.language == "sql";
    let carried = others.values().filter(is_ephemeral).filter(|node| !node.raw_code.trim().is_empty());
    let rendered = |node: &Arc<Node>| {
        node.compiled_code.as_ref()?;
        let sql = node.own_code.as_ref().or(node.compiled_code.as_ref())?.clone();
        let compiled = Compiled { sql, ephemeral: node.extra_ctes.clone() };
        let rendered = Rendered { outcome: Ok(compiled), macros: Vec::new(), uses: Uses::default() };
        Some((node.unique_id.clone(), rendered))
    };
    carried.map(rendered).collect()
}

/// The problems of reading settings, those of what stays, and those of what is new.
fn together(kept: &Kept, settled: &Settled, setup: Problems, new: Problems) -> Vec<Problem> {
    let name = &kept.project.name;
    let stays = |problem: &&Problem| {
        let is_replaced = matches!(&problem.subject, Subject::Model { model, .. } if settled.replaced.contains(model));
        !is_replaced && !path_of(problem).is_some_and(|path| settled.paths.contains(path))
    };
    let kept = kept.problems.iter().skip(kept.basis.setup_problems).filter(stays).cloned();
    setup.finish(name).into_iter().chain(kept).chain(new.finish(name)).collect()
}
