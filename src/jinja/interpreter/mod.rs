//! Walks a parsed template over values. One interpreter serves one thread; nothing here knows what
//! the names of a [`Scope`] mean.

mod arguments;
mod attributes;
mod calls;
mod expressions;
mod frame;
mod items;
mod loops;
mod macros;
mod meter;
mod native;
mod operators;
mod output;
mod statements;

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::error::Error;
use super::globals;
use super::limits::Limits;
use super::quick::QuickMap;
use super::template::{MacroUnit, Template, Unit};
use super::value::{Args, Undefined, Value};

use frame::{Frame, Slot};
use output::Output;

pub(super) use items::Items;
pub use macros::Macro;
pub(super) use native::Wish;

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

/// A template's texts as this thread's strings.
type Texts = Rc<[Rc<str>]>;

/// One thread's evaluator. Reused for any number of templates.
pub struct Interpreter<'a> {
    limits: Limits,
    cancelled: &'a AtomicBool,
    undefined: UndefinedPolicy,
    /// Steps taken since the last reset.
    steps: u64,
    /// Steps at which the limit and the flag are looked at again.
    next_look: u64,
    /// Macros that are running.
    depth: usize,
    /// Where the stack was when the outermost render began.
    stack_start: usize,
    /// Whether values that are printed stay values.
    native: bool,
    slots: Vec<Slot>,
    /// Variables that macros share, to be emptied when the outermost template or macro ends.
    cells: Vec<std::rc::Weak<std::cell::RefCell<Slot>>>,
    /// The value on its way out of a macro, while an error of kind `Return` carries the news.
    returned: Option<Value>,
    /// What the open `{% filter %}` and `{% set %}` blocks printed.
    block_texts: Vec<Value>,
    /// The texts of macros met so far. The unit is kept, so that its address stays its own.
    texts: QuickMap<*const Unit, (Arc<Unit>, Texts)>,
    globals: QuickMap<&'static str, Value>,
}

impl<'a> Interpreter<'a> {
    /// `cancelled` is looked at every few thousand steps.
    pub fn new(limits: Limits, cancelled: &'a AtomicBool) -> Self {
        Self {
            limits,
            cancelled,
            undefined: UndefinedPolicy::Default,
            steps: 0,
            next_look: 0,
            depth: 0,
            stack_start: 0,
            native: false,
            slots: Vec::new(),
            cells: Vec::new(),
            returned: None,
            block_texts: Vec::new(),
            texts: QuickMap::default(),
            globals: globals::table(),
        }
    }

    pub fn set_undefined_policy(&mut self, policy: UndefinedPolicy) {
        self.undefined = policy;
    }

    pub fn undefined_policy(&self) -> UndefinedPolicy {
        self.undefined
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sets what the next render may cost.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        self.next_look = 0;
    }

    /// How many macros are running: 0 in a template's own text.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Steps taken since the last reset.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Forgets the steps used so far: to be called before each node.
    pub fn reset(&mut self) {
        self.steps = 0;
        self.next_look = 0;
    }

    /// Renders a template to text.
    pub fn render(&mut self, template: &Template, scope: &Rc<dyn Scope>) -> Result<String, Error> {
        let mut out = Output::text(self.limits.output_bytes);
        self.run_template(template.unit(), scope, &mut out)?;
        Ok(out.into_text())
    }

    /// Runs a template for its effects alone, as dbt does while parsing; the text is not kept.
    pub fn run(&mut self, template: &Template, scope: &Rc<dyn Scope>) -> Result<(), Error> {
        self.run_template(template.unit(), scope, &mut Output::discard())
    }

    /// Renders as dbt's native environment does: a lone expression gives its value.
    pub fn render_native(&mut self, template: &Template, scope: &Rc<dyn Scope>) -> Result<Value, Error> {
        let mut out = Output::values(self.limits.output_bytes);
        let outer = std::mem::replace(&mut self.native, true);
        let result = self.run_template(template.unit(), scope, &mut out);
        let result = result.and_then(|()| native::concat(self, out.into_values()));
        self.native = outer;
        result
    }

    /// Calls a macro. Gives what it printed, or what it gave to `return`. A `caller` comes as the
    /// keyword argument of that name, as `{% call %}` passes it.
    pub fn call_macro(&mut self, unit: &MacroUnit, scope: &Rc<dyn Scope>, args: Args) -> Result<Value, Error> {
        self.call_unit(unit.unit(), scope, args)
    }

    fn run_template(&mut self, unit: &Arc<Unit>, scope: &Rc<dyn Scope>, out: &mut Output) -> Result<(), Error> {
        let texts: Texts = unit.texts().collect();
        let frame = Frame { unit, texts: &texts, scope, base: self.slots.len(), captures: &[], recursion: None };
        let result = self.run_function(&frame, unit.function(), |_, _| Ok(()), out);
        let outermost = frame.base == 0;
        if outermost {
            self.forget_cells();
        }
        match result {
            Err(error) if error.kind() == super::ErrorKind::Return => {
                self.returned = None;
                Err(Error::new(super::ErrorKind::Other, "return() outside of a macro").leave(unit.name(), unit.path()))
            }
            Err(error) => Err(error.leave(unit.name(), unit.path())),
            Ok(()) => Ok(()),
        }
    }

    /// The way out of a macro with a value: an error that the macro's call catches.
    pub(super) fn returning(&mut self, value: Value) -> Error {
        self.returned = Some(value);
        Error::new(super::ErrorKind::Return, "return() outside of a macro")
    }

    /// The texts of a unit that is run again and again.
    fn texts_of(&mut self, unit: &Arc<Unit>) -> Texts {
        let entry = self.texts.entry(Arc::as_ptr(unit));
        Rc::clone(&entry.or_insert_with(|| (Arc::clone(unit), unit.texts().collect())).1)
    }

    /// What using something undefined gives or says.
    pub(in crate::jinja) fn use_undefined(&self, undefined: &Rc<Undefined>) -> Result<Value, Error> {
        match self.undefined {
            UndefinedPolicy::Default => Err(Error::undefined(undefined.message())),
            UndefinedPolicy::Parse => Ok(Value::Undefined(Rc::clone(undefined))),
        }
    }

    /// A name that the template does not set.
    fn global(&self, scope: &Rc<dyn Scope>, name: &Rc<str>) -> Value {
        scope
            .lookup(name)
            .or_else(|| self.globals.get(name.as_ref()).cloned())
            .unwrap_or_else(|| Value::Undefined(Rc::new(Undefined::Name(Rc::clone(name)))))
    }
}

impl fmt::Debug for Interpreter<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Interpreter")
            .field("limits", &self.limits)
            .field("undefined", &self.undefined)
            .field("steps", &self.steps)
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}
