//! Text in YAML files rendered to values, as dbt's native environment does.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::Value;

use super::config::plain;
use super::{Context, Failure};
use crate::dbt::render::{NativeRenderer, TemplateError};
use crate::jinja::{Interpreter, Template};

/// Bytes of the JSON that one step of a walk over a value stands for.
pub(super) const BYTES_OF_A_STEP: u64 = 16;

/// A context and an interpreter for the texts of one YAML file.
pub(crate) struct NativeContext<'a, 'i> {
    pub(crate) context: Rc<Context>,
    pub(crate) interpreter: RefCell<&'a mut Interpreter<'i>>,
}

impl<'a, 'i> NativeContext<'a, 'i> {
    pub(crate) fn new(context: Rc<Context>, interpreter: &'a mut Interpreter<'i>) -> Self {
        Self { context, interpreter: RefCell::new(interpreter) }
    }
}

/// Whether dbt looks at a text as a template at all.
pub(crate) fn has_template(text: &str) -> bool {
    ["{{", "{%", "{#", "}}", "%}", "#}"].iter().any(|mark| text.contains(mark))
}

/// What is left of a text that is no template: it loses one final newline all the same.
pub(crate) fn plain_text(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// Renders one text; a lone expression gives its value.
pub(crate) fn as_yaml_value(
    interpreter: &mut Interpreter<'_>,
    context: &Rc<Context>,
    text: &str,
) -> Result<crate::jinja::Value, Failure> {
    if !has_template(text) {
        return Ok(plain_text(text).into());
    }
    let rendered =
        Template::parse("yaml", text).and_then(|template| interpreter.render_native(&template, &context.scope()));
    rendered.map_err(|error| context.explain(&error))
}

impl NativeRenderer for NativeContext<'_, '_> {
    fn render(&self, text: &str) -> Result<Value, TemplateError> {
        let mut interpreter = self.interpreter.borrow_mut();
        interpreter.set_limits(self.context.shared.limits());
        interpreter.reset();
        let value = as_yaml_value(&mut interpreter, &self.context, text).map_err(TemplateError::from)?;
        if !has_template(text) {
            return Ok(Value::from(value.to_str()));
        }
        let before = interpreter.steps();
        let made = plain(&mut interpreter, &value).and_then(|made| {
            let bytes = (interpreter.steps() - before).saturating_mul(BYTES_OF_A_STEP);
            self.context.shared.keep(text.len(), usize::try_from(bytes).unwrap_or(usize::MAX))?;
            Ok(made)
        });
        made.map_err(|error| TemplateError::from(self.context.explain(&error)))
    }
}

impl From<Failure> for TemplateError {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, message: failure.message }
    }
}
