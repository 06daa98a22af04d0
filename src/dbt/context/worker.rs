//! What one thread of a load owns: its interpreter, and the contexts that it uses again and again.

use std::collections::{HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Context, Failure, Look, NodeView, Phase, Shared, Uses, UsesLog};
use crate::dbt::config::Places;
use crate::dbt::macros::{GenerateName, MacroIndex};
use crate::dbt::node::Node;
use crate::jinja::{Args, Error, Interpreter, Limits, Object, QuickMap, Template, UndefinedPolicy, Value};

/// Templates of generic tests that a thread keeps.
const MOST_TEMPLATES: usize = 1_000;

/// Templates of tests' arguments that a thread remembers: the tests of one model follow each other, and each of
/// them names the model in the same words.
const RECENT_TEMPLATES: usize = 8;

/// One thread's tools.
pub(crate) struct Worker<'a> {
    pub(crate) interpreter: Interpreter<'a>,
    shared: Arc<Shared>,
    /// For the macros that name nodes, by the macro's package.
    naming: QuickMap<String, Rc<Context>>,
    /// The names that such a macro gave without a look at the node, by what the configuration asks for.
    names: QuickMap<(MacroIndex, Option<String>), Option<String>>,
    /// Texts that many nodes have: those of generic tests.
    templates: QuickMap<String, Template>,
    /// What the macros of generic tests reach.
    reaches: QuickMap<[Option<MacroIndex>; 2], Rc<HashSet<MacroIndex>>>,
    /// Texts that the last few tests had for arguments.
    recent: VecDeque<(String, Template)>,
    /// Configurations by place.
    pub(crate) places: Places,
    /// What the work at hand has looked at.
    pub(crate) uses: Rc<UsesLog>,
    /// What the macros that name nodes have looked at.
    naming_uses: Rc<UsesLog>,
    /// The value of `graph`, made when a template first asks.
    pub(crate) graph: Rc<std::cell::OnceCell<Value>>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(shared: &Arc<Shared>, cancelled: &'a AtomicBool) -> Self {
        Self {
            interpreter: Interpreter::new(Limits::default(), cancelled),
            shared: Arc::clone(shared),
            naming: QuickMap::default(),
            names: QuickMap::default(),
            templates: QuickMap::default(),
            reaches: QuickMap::default(),
            recent: VecDeque::with_capacity(RECENT_TEMPLATES),
            places: Places::default(),
            uses: Rc::default(),
            naming_uses: Rc::default(),
            graph: Rc::default(),
        }
    }

    /// What has been looked at since the last call. What names nodes is everybody's: it is told to all.
    pub(crate) fn take_uses(&mut self) -> Uses {
        let naming = self.naming_uses.take();
        if !naming.is_empty() {
            self.shared.tell_everybodys(naming);
        }
        self.uses.take()
    }

    /// Readies the interpreter for the next template.
    pub(crate) fn begin(&mut self, policy: UndefinedPolicy) {
        self.interpreter.set_limits(self.shared.limits());
        self.interpreter.reset();
        self.interpreter.set_undefined_policy(policy);
    }

    /// The template of a node's text. Texts of generic tests are kept: each kind of test has one or a few.
    pub(crate) fn template(&mut self, node: &Node) -> Result<Template, Error> {
        let parse = || Template::parse(&node.original_file_path, &node.raw_code);
        if node.test.as_ref().is_none_or(|test| test.generic.is_none()) {
            return parse();
        }
        if let Some(known) = self.templates.get(&node.raw_code) {
            return Ok(known.clone());
        }
        let template = parse()?;
        if self.templates.len() < MOST_TEMPLATES {
            self.templates.insert(node.raw_code.clone(), template.clone());
        }
        Ok(template)
    }

    /// What some macros reach: [`Macros::reach`](crate::dbt::macros::Macros::reach), kept.
    pub(crate) fn reach(&mut self, shared: &Shared, starts: [Option<MacroIndex>; 2]) -> Rc<HashSet<MacroIndex>> {
        let reach = || Rc::new(shared.macros.reach(starts.into_iter().flatten()));
        Rc::clone(self.reaches.entry(starts).or_insert_with(reach))
    }

    /// The template of a test's argument.
    pub(crate) fn argument_template(&mut self, text: &str) -> Result<Template, Error> {
        if let Some((_, known)) = self.recent.iter().find(|(known, _)| known == text) {
            return Ok(known.clone());
        }
        let template = Template::parse("yaml", text)?;
        if self.recent.len() == RECENT_TEMPLATES {
            self.recent.pop_front();
        }
        self.recent.push_back((text.to_owned(), template.clone()));
        Ok(template)
    }

    /// Calls one of the macros that name a node of `package`, with what its configuration asks for.
    pub(crate) fn generate_name(
        &mut self,
        which: GenerateName,
        package: &str,
        custom: Option<String>,
        node: &Rc<NodeView>,
    ) -> Result<Option<String>, Failure> {
        let shared = Arc::clone(&self.shared);
        self.naming_uses.add(Look::Name(which.macro_name()));
        let Some(index) = shared.macros.find_generate_name(which, package) else { return Ok(None) };
        let asked = (index, custom);
        if let Some(name) = self.names.get(&asked) {
            return Ok(name.clone());
        }
        let found = shared.macros.get(index);
        let context = self
            .naming
            .entry(found.package.clone())
            .or_insert_with(|| Context::of_package(&self.shared, Phase::Names, &found.package, &self.naming_uses));
        let context = Rc::clone(context);
        let view = Value::Object(Rc::clone(node) as Rc<dyn Object>);
        let args = Args::positional(vec![Value::from(asked.1.as_deref()), view]);
        let unit = found.unit.as_ref().map_err(|error| context.explain(error))?;
        self.begin(UndefinedPolicy::Default);
        node.take_seen();
        let value =
            self.interpreter.call_macro(unit, &context.scope(), args).map_err(|error| context.explain(&error))?;
        let name = if value.is_none() { None } else { Some(value.to_str().trim().to_owned()) };
        if !node.take_seen() {
            self.names.insert(asked, name.clone());
        }
        Ok(name)
    }
}
