//! A node on its way: what is known of it so far, and where its text stands.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use super::properties::YamlFile;
use super::whereabouts::place_of_setting;
use crate::dbt::config::Config;
use crate::dbt::context::{Context, Failure, Phase, Shared, Uses, UsesLog};
use crate::dbt::node::Node;
use crate::dbt::problems::{codes, one_line};
use crate::dbt::yaml::Mark;
use crate::problem::{Code, Place, Problem, Subject};

/// Where a node is written.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// In a file of its own. `lines` were stripped before its text; `described` is the entry of a YAML file that is
    /// about it.
    Text { path: String, lines: u32, described: Option<(Arc<YamlFile>, Mark)> },
    /// In a YAML file.
    Yaml { file: Arc<YamlFile>, at: Mark },
}

impl Origin {
    /// The file, from the tree's root.
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Text { path, .. } => path,
            Self::Yaml { file, .. } => &file.path,
        }
    }
}

/// The node of a draft. It is lent to contexts of templates without a copy; once they are gone it is changed in
/// place, and in the end it is the project's.
#[derive(Clone, Debug)]
pub(crate) struct OwnNode(Arc<Node>);

impl OwnNode {
    pub(crate) fn lend(&self) -> Arc<Node> {
        Arc::clone(&self.0)
    }

    pub(crate) fn into_shared(self) -> Arc<Node> {
        self.0
    }
}

impl Deref for OwnNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.0
    }
}

impl DerefMut for OwnNode {
    /// A copy is made only while it is lent.
    fn deref_mut(&mut self) -> &mut Node {
        Arc::make_mut(&mut self.0)
    }
}

/// A node that is not finished.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) node: OwnNode,
    pub(crate) origin: Origin,
    /// What `config()` was called with.
    pub(crate) calls: Config,
    /// What its templates have looked at so far.
    pub(crate) uses: Uses,
    /// What failed so far; a node keeps its place in the project all the same.
    pub(crate) problems: Vec<Problem>,
}

impl Draft {
    pub(crate) fn new(node: Node, origin: Origin) -> Self {
        Self {
            node: OwnNode(Arc::new(node)),
            origin,
            calls: Config::new(),
            uses: Uses::default(),
            problems: Vec::new(),
        }
    }

    /// Adds a problem, and its code to the node.
    pub(crate) fn fail(&mut self, problem: Problem) {
        if !self.node.problems.contains(&problem.code) {
            self.node.problems.push(problem.code.clone());
        }
        self.problems.push(problem);
    }

    /// Lends the node to the context of a template; then takes over what the template referred to.
    /// Gives what `config()` was called with.
    pub(super) fn observe(
        &mut self,
        shared: &Arc<Shared>,
        uses: &Rc<UsesLog>,
        work: impl FnOnce(&Rc<Context>, &Node) -> Vec<Failure>,
    ) -> Config {
        let node = self.node.lend();
        let context = Context::of_node(shared, Phase::Parse, Arc::clone(&node), uses);
        let failures = work(&context, &node);
        let record = context.record();
        let (refs, sources) = (record.refs.take(), record.sources.take());
        let (macros, calls) = (record.macros.take(), record.config.take());
        let metrics = record.metrics.take();
        drop((context, node));
        for failure in &failures {
            self.fail_template(failure);
        }
        let node = &mut *self.node;
        node.refs.extend(refs);
        node.sources.extend(sources);
        node.metrics.extend(metrics);
        for id in macros {
            if !node.depends_on_macros.contains(&id) {
                node.depends_on_macros.push(id);
            }
        }
        calls
    }

    /// Adds what is wrong with a setting.
    pub(super) fn fail_setting(&mut self, key: &str, message: String) {
        let problem = setting_problem(&self.node, &self.origin, codes::CONFIG_INVALID, key, message);
        self.fail(problem);
    }

    /// Adds a template's failure.
    pub(crate) fn fail_template(&mut self, failure: &Failure) {
        let problem = node_problem(&self.node, &self.origin, failure);
        self.fail(problem);
    }
}

/// What is wrong with the setting `key` of a node, in dbt's words.
pub(crate) fn setting_problem(node: &Node, origin: &Origin, code: Code, key: &str, message: String) -> Problem {
    let failure = Failure { code, message, line: 0, column: 0, stack: Vec::new() };
    node_problem(node, origin, &failure).with_place(place_of_setting(node, origin, key))
}

/// A failure of a node as a problem: subject, place, dbt's words, the macros that were running.
pub(crate) fn node_problem(node: &Node, origin: &Origin, failure: &Failure) -> Problem {
    let subject = Subject::Model { project: String::new(), model: node.unique_id.clone() };
    let summary = one_line(&failure.message);
    let place = match origin {
        Origin::Text { path, lines, .. } if failure.line > 0 => {
            let text = format!("{}{}", "\n".repeat(*lines as usize), node.raw_code);
            let line = failure.line + lines;
            let at = Mark { line, column: failure.column };
            Place::in_text(path, &text, line, failure.column, crate::dbt::problems::word_width(&text, at))
        }
        Origin::Text { path, .. } => Place::at(path, 0, 0),
        Origin::Yaml { file, at } => Place::in_text(
            &file.path,
            &file.text,
            at.line,
            at.column,
            crate::dbt::problems::word_width(&file.text, *at),
        ),
    };
    let kind = node.kind.resource_type();
    let running: String = failure.stack.iter().flat_map(|frame| ["\n  > in ", frame]).collect();
    let raw = format!(
        "Compilation Error in {kind} {} ({})\n  {}",
        node.name,
        node.original_file_path,
        failure.message.replace('\n', "\n  ")
    );
    let problem =
        Problem::new(failure.code.clone(), subject, summary).with_raw(format!("{raw}{running}")).with_place(place);
    if failure.stack.is_empty() {
        problem
    } else {
        problem.with_evidence("Macros that were running", failure.stack.clone())
    }
}
