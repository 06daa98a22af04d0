//! What templates can name: macros first, then dbt's own members, by phase. One [`Context`] a node
//! (or YAML file); made on the thread that renders, never shared.

mod adapter;
mod column;
mod config;
mod datetime;
mod exceptions;
mod failure;
mod graph;
mod macros;
mod members;
mod modules;
mod native;
mod node_json;
mod node_view;
mod record;
mod references;
mod regex;
mod relation;
mod runtime_config;
mod shared;
mod text;
mod uses;
mod variables;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use failure::Failure;
pub(crate) use native::{NativeContext, as_yaml_value, has_template, plain_text};
pub(crate) use node_json::node_json;
pub(crate) use node_view::NodeView;
use record::Record;
pub(crate) use references::{CompileFacts, ambiguous_ref, missing_ref, missing_source, subject};
pub(crate) use shared::{Shared, Target};
pub(crate) use text::md5_hex;
pub(crate) use uses::{Look, Mark, Uses, UsesLog};
pub(crate) use worker::Worker;

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::dbt::macros::MacroIndex;
use crate::dbt::node::Node;
use crate::jinja::{Error, ErrorKind, QuickMap, Scope, Value};

/// What is being done, which decides what can be named and what answers.
#[derive(Clone)]
pub(crate) enum Phase {
    /// `dbt_project.yml`: the target, variables of the command line, the environment.
    Project,
    /// `packages.yml`: secrets too.
    Packages,
    /// `profiles.yml`: secrets too, and there is no target yet.
    Profiles,
    /// Other YAML: the project's variables as well.
    Yaml,
    /// A node's text, to learn what it refers to: nothing is real.
    Parse,
    /// The macros that name a node.
    Names,
    /// A node's text, for good.
    Compile(Rc<CompileFacts>),
}

impl Phase {
    fn has_macros(&self) -> bool {
        matches!(self, Self::Parse | Self::Names | Self::Compile(_))
    }

    fn executes(&self) -> bool {
        matches!(self, Self::Compile(_))
    }
}

/// The names that one template can use.
pub(crate) struct Context {
    shared: Arc<Shared>,
    phase: Phase,
    /// Whose macros and variables are meant.
    package: String,
    node: Option<Arc<Node>>,
    record: Rc<Record>,
    /// What is looked at.
    uses: Rc<UsesLog>,
    /// Names that only this template has: a generic test's arguments.
    extra: RefCell<QuickMap<String, Value>>,
    known: RefCell<QuickMap<String, Option<Value>>>,
    /// The only macros that there are for it; all of them where nothing is said.
    reach: OnceCell<Rc<HashSet<MacroIndex>>>,
    me: Weak<Self>,
}

impl Context {
    /// A context for a YAML file of `package`, or for the macros that name nodes.
    pub(crate) fn of_package(shared: &Arc<Shared>, phase: Phase, package: &str, uses: &Rc<UsesLog>) -> Rc<Self> {
        Self::build(shared, phase, package.to_owned(), None, uses)
    }

    /// A context for a node's text.
    pub(crate) fn of_node(shared: &Arc<Shared>, phase: Phase, node: Arc<Node>, uses: &Rc<UsesLog>) -> Rc<Self> {
        Self::build(shared, phase, node.package_name.clone(), Some(node), uses)
    }

    fn build(
        shared: &Arc<Shared>,
        phase: Phase,
        package: String,
        node: Option<Arc<Node>>,
        uses: &Rc<UsesLog>,
    ) -> Rc<Self> {
        Rc::new_cyclic(|me| Self {
            shared: Arc::clone(shared),
            phase,
            package,
            node,
            record: Rc::new(Record::default()),
            uses: Rc::clone(uses),
            extra: RefCell::default(),
            known: RefCell::default(),
            reach: OnceCell::new(),
            me: me.clone(),
        })
    }

    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// A template's error in dbt's words; one that reached a limit is counted.
    pub(crate) fn explain(&self, error: &Error) -> Failure {
        if error.kind() == ErrorKind::Limit {
            self.shared.exhausted.fetch_add(1, Ordering::Relaxed);
        }
        failure::explain(error, &self.record)
    }

    /// Gives a name to this template alone.
    pub(crate) fn define(&self, name: &str, value: Value) {
        self.extra.borrow_mut().insert(name.to_owned(), value);
    }

    /// Hides all other macros, from `adapter.dispatch` not. To be called before anything is rendered.
    pub(crate) fn limit_macros(&self, reach: Rc<HashSet<MacroIndex>>) {
        self.reach.get_or_init(|| reach);
    }

    fn reaches(&self, index: MacroIndex) -> bool {
        self.reach.get().is_none_or(|reach| reach.contains(&index))
    }

    /// As the interpreter wants it.
    pub(crate) fn scope(self: &Rc<Self>) -> Rc<dyn Scope> {
        Rc::<Self>::clone(self)
    }

    /// The macro that a plain name or a namespace means.
    fn find_macro(&self, name: &str) -> Option<Value> {
        if !self.phase.has_macros() {
            return None;
        }
        if let Some(index) = self.shared.macros.find(&self.package, name).filter(|index| self.reaches(*index)) {
            return Some(macros::MacroHandle::value(self, index));
        }
        self.shared.macros.is_namespace(name).then(|| macros::Namespace::value(self, name))
    }
}

impl Scope for Context {
    fn lookup(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.extra.borrow().get(name) {
            return Some(value.clone());
        }
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        self.uses.add(Look::Name(name));
        let found = self.find_macro(name).or_else(|| members::member(self, name));
        self.known.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("package", &self.package).finish_non_exhaustive()
    }
}
