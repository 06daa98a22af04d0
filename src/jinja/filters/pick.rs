//! `map`, `select`, `reject` and their `attr` sisters.

use super::attributes::Getter;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::{Interpreter, Items};
use crate::jinja::predicates::{self, Predicate};
use crate::jinja::value::{Args, Value, repr};

fn filter_error(message: String) -> Error {
    Error::new(ErrorKind::Other, message)
}

/// What is made of nothing: Jinja2 asks whether the value is true before it looks at the arguments.
fn nothing() -> Value {
    Value::one_shot("generator", Vec::new())
}

/// Each item through a function; Python makes a generator of it, which is walked once.
fn each(
    interpreter: &mut Interpreter<'_>,
    value: &Value,
    mut visit: impl FnMut(&mut Interpreter<'_>, Value) -> Result<Option<Value>, Error>,
) -> Result<Value, Error> {
    let mut results = Vec::new();
    let mut items = Items::of(value)?;
    while let Some(item) = items.next()? {
        interpreter.charge_items(1)?;
        results.extend(visit(interpreter, item)?);
    }
    Ok(Value::one_shot("generator", results))
}

/// `|map(attribute='name', default=x)` or `|map('filter', ...)`.
pub(super) fn map(interpreter: &mut Interpreter<'_>, value: &Value, mut args: Args) -> Result<Value, Error> {
    if !value.truthy() {
        return Ok(nothing());
    }
    if args.positional.is_empty()
        && let Some(attribute) = args.take_keyword("attribute")
    {
        let default = args.take_keyword("default").filter(|default| !default.is_none());
        if let Some((name, _)) = args.keyword.first() {
            return Err(filter_error(format!("Unexpected keyword argument {}", repr::of_str(name))));
        }
        let getter = Getter::new(Some(&attribute), default);
        return each(interpreter, value, |interpreter, item| getter.get(interpreter, &item).map(Some));
    }
    if args.positional.is_empty() {
        return Err(filter_error("map requires a filter argument".to_owned()));
    }
    let name = args.positional.remove(0);
    let name = interpreter.text_of(&name)?;
    let Some(filter) = super::find(&name) else {
        return Err(filter_error(format!("No filter named {}.", repr::of_str(&name))));
    };
    each(interpreter, value, |interpreter, item| {
        interpreter.charge_reads(&item, &args)?;
        filter(interpreter, &item, args.clone()).map(Some)
    })
}

/// The named test and its arguments; without a name, whether the value is true.
fn test_of(interpreter: &mut Interpreter<'_>, args: &mut Args) -> Result<Option<Predicate>, Error> {
    if args.positional.is_empty() {
        return Ok(None);
    }
    let name = args.positional.remove(0);
    let name = interpreter.text_of(&name)?;
    match predicates::find(&name) {
        Some(test) => Ok(Some(test)),
        None => Err(filter_error(format!("No test named {}.", repr::of_str(&name)))),
    }
}

fn passes(
    interpreter: &mut Interpreter<'_>,
    test: Option<Predicate>,
    value: &Value,
    args: &Args,
) -> Result<bool, Error> {
    match test {
        Some(test) => {
            interpreter.charge_reads(value, args)?;
            test(interpreter, value, args.clone())
        }
        None => Ok(value.truthy()),
    }
}

pub(super) fn select(
    interpreter: &mut Interpreter<'_>,
    value: &Value,
    mut args: Args,
    wanted: bool,
) -> Result<Value, Error> {
    if !value.truthy() {
        return Ok(nothing());
    }
    let test = test_of(interpreter, &mut args)?;
    each(interpreter, value, |interpreter, item| {
        Ok((passes(interpreter, test, &item, &args)? == wanted).then_some(item))
    })
}

pub(super) fn select_attr(
    interpreter: &mut Interpreter<'_>,
    value: &Value,
    mut args: Args,
    wanted: bool,
) -> Result<Value, Error> {
    if !value.truthy() {
        return Ok(nothing());
    }
    if args.positional.is_empty() {
        return Err(filter_error("Missing parameter for attribute name".to_owned()));
    }
    let attribute = args.positional.remove(0);
    let getter = Getter::new(Some(&attribute), None);
    let test = test_of(interpreter, &mut args)?;
    each(interpreter, value, |interpreter, item| {
        let looked_at = getter.get(interpreter, &item)?;
        Ok((passes(interpreter, test, &looked_at, &args)? == wanted).then_some(item))
    })
}
