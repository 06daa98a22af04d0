//! From names to nodes: what each node depends on; and what may not be, because of a missing, a
//! disabled, an ambiguous or a private target.

use std::sync::Arc;

use super::context::{Failure, Shared, ambiguous_ref, missing_ref, missing_source};
use super::node::{Node, NodeKind, Nodes};
use super::parse::{Draft, node_problem};
use super::problems::codes;
use super::resolve::{RefArgs, Resolver, Target};
use crate::jinja::QuickMap;
use crate::problem::{Code, Fix, Problem, Severity};

/// What linking one node gave.
#[derive(Debug, Default)]
pub(crate) struct Linked {
    pub(crate) depends_on: Vec<String>,
    pub(crate) problems: Vec<Problem>,
    /// A test or exposure of something that is not there takes no part.
    pub(crate) switched_off: bool,
}

/// What can be linked to: by reference, then by `unique_id`.
pub(crate) struct Targets<'a> {
    pub(crate) resolver: &'a Resolver,
    /// Nodes that are linked already.
    pub(crate) others: &'a Nodes,
    pub(crate) drafts: QuickMap<&'a str, &'a Node>,
}

impl Targets<'_> {
    fn node(&self, id: &str) -> Option<&Node> {
        self.drafts.get(id).copied().or_else(|| self.others.get(id).map(Arc::as_ref))
    }
}

/// Resolves one node's references.
pub(crate) fn link(shared: &Shared, targets: &Targets<'_>, draft: &Draft) -> Linked {
    let mut linked = Linked::default();
    let node = &draft.node;
    for (source, table) in &node.sources {
        match targets.resolver.resolve_source(source, table, &node.package_name) {
            Target::Found(id) => add(&mut linked, id),
            Target::Disabled => {
                linked.fail(
                    draft,
                    codes::SOURCE_DISABLED,
                    missing_source(node, source, table, "is disabled"),
                    Vec::new(),
                );
            }
            Target::Missing | Target::Ambiguous(_) => {
                let names = targets.resolver.source_names();
                let wanted = format!("{source}.{table}");
                let near = crate::problem::nearest_few(&wanted, names.iter().map(String::as_str), 3);
                let near = near.into_iter().map(str::to_owned).collect();
                linked.fail(draft, codes::SOURCE_MISSING, missing_source(node, source, table, "was not found"), near);
            }
        }
    }
    for args in &node.refs {
        link_ref(shared, targets, draft, args, &mut linked);
    }
    linked
}

fn link_ref(shared: &Shared, targets: &Targets<'_>, draft: &Draft, args: &RefArgs, linked: &mut Linked) {
    let node = &draft.node;
    match targets.resolver.resolve_ref(args, &node.package_name) {
        Target::Found(id) => {
            if let Some(sentence) = targets.node(&id).and_then(|target| refused(shared, node, target)) {
                linked.fail(draft, codes::ACCESS, sentence, Vec::new());
            }
            add(linked, id);
        }
        Target::Disabled => linked.fail(draft, codes::REF_DISABLED, missing_ref(node, args, "is disabled"), Vec::new()),
        Target::Missing => {
            let near = nearest_names(targets.resolver, &args.1);
            linked.fail(draft, codes::REF_MISSING, missing_ref(node, args, "was not found"), near);
        }
        Target::Ambiguous(ids) => {
            let replacements =
                ids.iter().filter_map(|id| Some(format!("{}', '{}", id.split('.').nth(1)?, args.1))).collect();
            linked.fail(draft, codes::AMBIGUOUS_REF, ambiguous_ref(&args.1, &ids), replacements);
        }
    }
}

fn nearest_names(resolver: &Resolver, name: &str) -> Vec<String> {
    let mut names: Vec<&str> = resolver.names().collect();
    names.sort_unstable();
    crate::problem::nearest_few(name, names, 3).into_iter().map(str::to_owned).collect()
}

fn add(linked: &mut Linked, id: String) {
    if !linked.depends_on.contains(&id) {
        linked.depends_on.push(id);
    }
}

impl Linked {
    /// A failure, with the names that may have been meant. Tests and exposures are switched off.
    fn fail(&mut self, draft: &Draft, code: Code, message: String, near: Vec<String>) {
        let node = &draft.node;
        let (line, column) = place_of(node, &message);
        let failure = Failure { code, message, line, column, stack: Vec::new() };
        let mut problem = node_problem(node, &draft.origin, &failure);
        if let Some(first) = near.first() {
            problem = problem.with_fix(Fix::read(format!("Write '{first}' where it is meant")));
            problem = problem.with_evidence("Nearest names in the project", near);
        }
        // dbt is silent about a test of a disabled model, warns of one of a missing model, and refuses all else.
        if node.kind == NodeKind::Test {
            let is_disabled = problem.code == codes::REF_DISABLED || problem.code == codes::SOURCE_DISABLED;
            problem = problem.with_severity(if is_disabled { Severity::Notice } else { Severity::Warning });
        }
        self.switched_off |= matches!(node.kind, NodeKind::Test | NodeKind::Exposure);
        self.problems.push(problem);
    }
}

/// Where in the node's text the name that the message quotes stands; `(0, 0)` where it is not found.
fn place_of(node: &Node, message: &str) -> (u32, u32) {
    let quoted = || {
        let name =
            message.split_once(" named '").or_else(|| message.split_once("referencing '"))?.1.split('\'').next()?;
        name.rsplit('.').next()
    };
    // `... to reference node model.p.a, which ...`
    let unquoted = || message.split_once(" to reference node ")?.1.split(',').next()?.rsplit('.').next();
    quoted().or_else(unquoted).map_or((0, 0), |name| place_of_name(node, name))
}

/// Line and column, from one, of the first quoted `name` in the node's text; `(0, 0)` where there is none.
pub(super) fn place_of_name(node: &Node, name: &str) -> (u32, u32) {
    let found = node.raw_code.lines().enumerate().find_map(|(index, line)| {
        let at = [format!("'{name}'"), format!("\"{name}\"")].iter().find_map(|quoted| line.find(quoted.as_str()))?;
        let column = line.get(..at)?.chars().count() as u32 + 1;
        Some((index as u32 + 1, column))
    });
    found.unwrap_or_default()
}

/// dbt's sentence when one node may not refer to another.
fn refused(shared: &Shared, node: &Node, target: &Node) -> Option<String> {
    if target.kind != NodeKind::Model {
        return None;
    }
    let restricted = shared.project(&target.package_name).is_some_and(|project| project.restrict_access);
    let (access, scope) = match target.access.as_deref() {
        Some("private")
            if node.group != target.group
                || target.group.is_none()
                || restricted && node.package_name != target.package_name =>
        {
            ("private", format!("the '{}' group", target.group.as_deref().unwrap_or_default()))
        }
        Some("protected") if restricted && node.package_name != target.package_name => {
            ("protected", format!("the '{}' package", target.package_name))
        }
        _ => return None,
    };
    Some(format!(
        "Node {} attempted to reference node {}, which is not allowed because the referenced node is {access} to {scope}.",
        node.unique_id, target.unique_id
    ))
}
