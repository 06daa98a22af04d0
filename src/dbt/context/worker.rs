//! What one thread of a load owns: its interpreter, and the contexts that it uses again and again.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Context, Failure, Phase, Shared};
use crate::dbt::macros::GenerateName;
use crate::jinja::{Args, Interpreter, Limits, UndefinedPolicy, Value};

/// So many templates may reach a limit before the others are held shorter: a repository of nothing but
/// endless loops must not take hours.
const PATIENCE: usize = 8;

/// What a template may cost once patience is at its end.
const CURBED_STEPS: u64 = 200_000;

/// One thread's tools.
pub(crate) struct Worker<'a> {
    pub(crate) interpreter: Interpreter<'a>,
    cancelled: &'a AtomicBool,
    is_curbed: bool,
    shared: Arc<Shared>,
    /// For the macros that name nodes, by the macro's package.
    naming: HashMap<String, Rc<Context>>,
    /// The value of `graph`, made when a template first asks.
    pub(crate) graph: Rc<std::cell::OnceCell<Value>>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(shared: &Arc<Shared>, cancelled: &'a AtomicBool) -> Self {
        Self {
            interpreter: Interpreter::new(Limits::default(), cancelled),
            cancelled,
            is_curbed: false,
            shared: Arc::clone(shared),
            naming: HashMap::new(),
            graph: Rc::default(),
        }
    }

    /// Readies the interpreter for the next template.
    pub(crate) fn begin(&mut self, policy: UndefinedPolicy) {
        if !self.is_curbed && self.shared.exhausted.load(Ordering::Relaxed) > PATIENCE {
            let limits = Limits { steps: CURBED_STEPS, ..Limits::default() };
            self.interpreter = Interpreter::new(limits, self.cancelled);
            self.is_curbed = true;
        }
        self.interpreter.reset();
        self.interpreter.set_undefined_policy(policy);
    }

    /// Calls one of the macros that name a node of `package`, with what its configuration asks for.
    pub(crate) fn generate_name(
        &mut self,
        which: GenerateName,
        package: &str,
        custom: Option<&str>,
        node: &Value,
    ) -> Result<Option<String>, Failure> {
        let shared = Arc::clone(&self.shared);
        let Some(index) = shared.macros.find_generate_name(which, package) else { return Ok(None) };
        let found = shared.macros.get(index);
        let context = self
            .naming
            .entry(found.package.clone())
            .or_insert_with(|| Context::of_package(&self.shared, Phase::Names, &found.package));
        let context = Rc::clone(context);
        let args = Args::positional(vec![Value::from(custom), node.clone()]);
        let unit = found.unit.as_ref().map_err(|error| context.explain(error))?;
        self.begin(UndefinedPolicy::Default);
        let value =
            self.interpreter.call_macro(unit, &context.scope(), args).map_err(|error| context.explain(&error))?;
        Ok(if value.is_none() { None } else { Some(value.to_str().trim().to_owned()) })
    }
}
