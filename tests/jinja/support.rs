//! Renders templates for the tests.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use ebbtide::jinja::{Error, Interpreter, Limits, MacroNaming, Scope, Template, UndefinedPolicy, Value};

/// Globals by name.
#[derive(Default)]
pub(crate) struct Names(pub(crate) RefCell<HashMap<String, Value>>);

impl Scope for Names {
    fn lookup(&self, name: &str) -> Option<Value> {
        self.0.borrow().get(name).cloned()
    }
}

pub(crate) fn no_names() -> Rc<dyn Scope> {
    Rc::new(Names::default())
}

pub(crate) fn names(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Rc<dyn Scope> {
    let names = entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Rc::new(Names(RefCell::new(names)))
}

/// Runs something with an interpreter of its own.
pub(crate) fn with<T>(limits: Limits, policy: UndefinedPolicy, run: impl FnOnce(&mut Interpreter<'_>) -> T) -> T {
    let cancelled = AtomicBool::new(false);
    let mut interpreter = Interpreter::new(limits, &cancelled);
    interpreter.set_undefined_policy(policy);
    run(&mut interpreter)
}

/// Renders plain Jinja2: macros keep their names.
pub(crate) fn render_in(source: &str, scope: &Rc<dyn Scope>) -> Result<String, Error> {
    let template = Template::parse_with("t.sql", source, MacroNaming::AsWritten)?;
    with(Limits::default(), UndefinedPolicy::Default, |interpreter| interpreter.render(&template, scope))
}

pub(crate) fn render(source: &str) -> Result<String, Error> {
    render_in(source, &no_names())
}

/// The text, or `Kind: message`.
pub(crate) fn outcome(source: &str) -> String {
    render(source).unwrap_or_else(|error| format!("{}: {}", error.kind().python_name(), error.message()))
}

/// Checks a table of templates and what they give; tells all that differ at once.
#[track_caller]
pub(crate) fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(source, expected)| {
            let got = outcome(source);
            (got != *expected).then(|| format!("{source}\n    expected {expected:?}\n    got      {got:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}
