//! The arguments of a generic test: rendered when its text is, to values that its macro is called with.

use std::rc::Rc;

use serde_json::Value;

use crate::dbt::context::{Context, Failure, Worker, has_template, plain_text};
use crate::dbt::node::Node;
use crate::dbt::python;
use crate::jinja::{Dict, Template};

/// The name by which a test's text has its arguments.
pub(super) const KWARGS: &str = "_dbt_generic_test_kwargs";

/// Renders a test's arguments and gives them to its text.
pub(crate) fn define_kwargs(worker: &mut Worker<'_>, context: &Rc<Context>, node: &Node) -> Result<(), Failure> {
    let Some(test) = &node.test else { return Ok(()) };
    let mut kwargs = Dict::default();
    for (key, value) in &test.kwargs {
        let rendered = if key == "column_name" {
            column_name(worker, context, value)?
        } else {
            render_argument(worker, context, value)?
        };
        kwargs.insert(key.as_str(), rendered);
    }
    context.define(KWARGS, crate::jinja::Value::dict(kwargs));
    Ok(())
}

/// A column's name is always text.
fn column_name(worker: &mut Worker<'_>, context: &Rc<Context>, value: &Value) -> Result<crate::jinja::Value, Failure> {
    let text = python::text(value);
    if !has_template(&text) {
        return Ok(text.into());
    }
    let rendered = Template::parse("column_name", &text)
        .and_then(|template| worker.interpreter.render(&template, &context.scope()));
    rendered.map(Into::into).map_err(|error| context.explain(&error))
}

fn render_argument(
    worker: &mut Worker<'_>,
    context: &Rc<Context>,
    value: &Value,
) -> Result<crate::jinja::Value, Failure> {
    match value {
        Value::String(text) if is_call(text) => yaml_value(worker, context, &format!("{{{{ {text} }}}}")),
        Value::String(text) => yaml_value(worker, context, text),
        Value::Array(items) => {
            let items = items.iter().map(|item| render_argument(worker, context, item)).collect::<Result<_, _>>()?;
            Ok(crate::jinja::Value::list(items))
        }
        Value::Object(map) => {
            let mut dict = Dict::default();
            for (key, value) in map {
                dict.insert(key.as_str(), render_argument(worker, context, value)?);
            }
            Ok(crate::jinja::Value::dict(dict))
        }
        other => Ok(crate::jinja::Value::from_json(other)),
    }
}

/// As [`crate::dbt::context::as_yaml_value`], with the templates that the thread remembers.
fn yaml_value(worker: &mut Worker<'_>, context: &Rc<Context>, text: &str) -> Result<crate::jinja::Value, Failure> {
    if !has_template(text) {
        return Ok(plain_text(text).into());
    }
    let rendered = worker
        .argument_template(text)
        .and_then(|template| worker.interpreter.render_native(&template, &context.scope()));
    rendered.map_err(|error| context.explain(&error))
}

/// Whether a text is a call of one of dbt's functions, written without braces: `ref('x')`.
fn is_call(text: &str) -> bool {
    let text = text.trim();
    let functions = ["env_var", "ref", "var", "source", "doc"];
    let arguments = functions.iter().find_map(|name| text.strip_prefix(name)?.trim_start().strip_prefix('('));
    arguments.and_then(|rest| rest.strip_suffix(')')).is_some_and(|inner| !inner.is_empty() && !inner.contains('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_known_without_braces() {
        for text in ["ref('a')", " source ( 'a', 'b' )\n", "var(\"x\")", "env_var('X', 1)", "doc('d')"] {
            assert!(is_call(text), "{text}");
        }
        for text in
            ["", "ref", "ref()", "reference('a')", "xref('a')", "ref('a') or 1", "ref('a',\n'b')", "{{ ref('a') }}"]
        {
            assert!(!is_call(text), "{text}");
        }
    }
}
