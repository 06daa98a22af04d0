//! What one thread of a load owns: its interpreter, and the contexts that it uses again and again.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Context, Failure, Phase, Shared, explain};
use crate::dbt::macros::GenerateName;
use crate::jinja::{Args, Interpreter, Limits, Value};

/// One thread's tools.
pub(crate) struct Worker<'a> {
    pub(crate) interpreter: Interpreter<'a>,
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
            shared: Arc::clone(shared),
            naming: HashMap::new(),
            graph: Rc::default(),
        }
    }

    /// Calls one of the macros that name a node of `package`, with what its configuration asks for.
    pub(crate) fn generate_name(
        &mut self,
        which: GenerateName,
        package: &str,
        custom: Option<&str>,
        node: &Value,
    ) -> Result<Option<String>, Failure> {
        let Some(index) = self.shared.macros.find_generate_name(which, package) else { return Ok(None) };
        let found = self.shared.macros.get(index);
        let context = self
            .naming
            .entry(found.package.clone())
            .or_insert_with(|| Context::of_package(&self.shared, Phase::Names, &found.package));
        let context = Rc::clone(context);
        let args = Args::positional(vec![Value::from(custom), node.clone()]);
        let unit = found.unit.as_ref().map_err(|error| explain(error, context.record()))?;
        self.interpreter.reset();
        self.interpreter.set_undefined_policy(crate::jinja::UndefinedPolicy::Default);
        let value = self
            .interpreter
            .call_macro(unit, &context.scope(), args)
            .map_err(|error| explain(&error, context.record()))?;
        Ok(if value.is_none() { None } else { Some(value.to_str().trim().to_owned()) })
    }
}
