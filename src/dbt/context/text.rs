//! Functions on text and plain data: JSON, YAML, hashes, zip; and those that only print.

use std::rc::Rc;
use std::sync::Arc;

use md5::{Digest, Md5};

use super::{Context, Look, Record};
use crate::dbt::problems::codes;
use crate::dbt::{python, yaml};
use crate::jinja::{Args, Dict, Error, ErrorKind, Interpreter, Key, Set, Template, Value};

/// A function of this file by its name.
pub(super) fn function(context: &Context, name: &str) -> Option<Value> {
    let plain: fn(&mut Interpreter<'_>, Args) -> Result<Value, Error> = match name {
        "log" | "print" | "write" => |_, _| Ok(Value::str("")),
        "tojson" => to_json,
        "fromjson" => from_json,
        "toyaml" => to_yaml,
        "fromyaml" => from_yaml,
        "local_md5" => |interpreter, args| {
            let [value] = args.bind("local_md5", ["value"], 1)?;
            Ok(md5_hex(&text_of(interpreter, value)?).into())
        },
        "set" => |interpreter, args| make_set(interpreter, args, false),
        "set_strict" => |interpreter, args| make_set(interpreter, args, true),
        "zip" => |interpreter, args| zip(interpreter, args, false),
        "zip_strict" => |interpreter, args| zip(interpreter, args, true),
        "diff_of_two_dicts" => diff_of_two_dicts,
        _ => return of_context(context, name),
    };
    Some(Value::function(name, plain))
}

/// Functions that remember something for the template.
fn of_context(context: &Context, name: &str) -> Option<Value> {
    let record = Rc::clone(&context.record);
    Some(match name {
        "store_result" => Value::function("store_result", move |interpreter, args| {
            let [name, response, table] = args.bind("store_result", ["name", "response", "agate_table"], 2)?;
            interpreter.charge(RESULT_STEPS)?;
            store(&record, &text_of(interpreter, name)?, response, table);
            Ok(Value::str(""))
        }),
        "store_raw_result" => Value::function("store_raw_result", move |interpreter, args| {
            let names = ["name", "message", "code", "rows_affected", "agate_table"];
            let [name, message, _, _, table] = args.bind("store_raw_result", names, 1)?;
            interpreter.charge(RESULT_STEPS)?;
            store(&record, &text_of(interpreter, name)?, message, table);
            Ok(Value::str(""))
        }),
        "load_result" => Value::function("load_result", move |interpreter, args| {
            let [name] = args.bind("load_result", ["name"], 1)?;
            let name = text_of(interpreter, name)?.to_string();
            let mut results = record.results.borrow_mut();
            match results.get_mut(&name) {
                Some(Value::None) => {
                    let message =
                        format!("The 'statement' result named '{name}' has already been loaded into a variable");
                    Err(record.raise(codes::COMPILE, message))
                }
                Some(result) if name == "main" => Ok(result.clone()),
                Some(result) => Ok(std::mem::take(result)),
                None => Ok(Value::None),
            }
        }),
        "try_or_compiler_error" => Value::function("try_or_compiler_error", move |interpreter, mut args| {
            interpreter.charge_args(&args)?;
            if args.positional.len() < 2 {
                return Err(Error::type_error("try_or_compiler_error() needs a message and a function"));
            }
            let message = args.positional.remove(0);
            let function = args.positional.remove(0);
            interpreter.call(&function, args).map_err(|_| record.raise(codes::COMPILE, message.to_str()))
        }),
        "render" => {
            let me = context.me.clone();
            Value::function("render", move |interpreter, args| {
                let [text] = args.bind("render", ["string"], 1)?;
                let Some(context) = me.upgrade() else { return Ok(Value::None) };
                let text = text_of(interpreter, text)?;
                let template = parsed(interpreter, "render", &text)?;
                context.record.nested(|| Ok(interpreter.render(&template, &context.scope())?.into()))
            })
        }
        "load_agate_table" | "submit_python_job" => {
            let name = name.to_owned();
            Value::function("load_agate_table", move |_, _| {
                Err(record.raise(
                    codes::NEEDS_WAREHOUSE,
                    format!("This needs the warehouse: {name}() works only while dbt runs"),
                ))
            })
        }
        "sql_now" => {
            let (shared, uses) = (Arc::clone(&context.shared), Rc::clone(&context.uses));
            Value::function("sql_now", move |_, _| {
                uses.add(Look::Now);
                Ok(shared.target.run_started_at.to_string().into())
            })
        }
        _ => return None,
    })
}

fn store(record: &Record, name: &str, response: Option<Value>, table: Option<Value>) {
    let table = table.filter(|table| !table.is_none()).unwrap_or_else(|| Value::dict(Dict::default()));
    let pairs = [("response", response.unwrap_or_default()), ("data", Value::list(Vec::new())), ("table", table)];
    let result = Value::dict(pairs.into_iter().collect());
    record.results.borrow_mut().insert(name.to_owned(), result);
}

/// What a result that is stored takes: a dict or two, until the template ends.
const RESULT_STEPS: u64 = 50;

/// What one byte of JSON, YAML or Jinja takes at most once it is read: `[` is a list.
const STEPS_OF_A_BYTE: u64 = 8;

/// The text of an argument, counted.
fn text_of(interpreter: &mut Interpreter<'_>, value: Option<Value>) -> Result<Rc<str>, Error> {
    let value = value.unwrap_or_default();
    interpreter.charge_value(&value)?;
    Ok(value.to_shared_str())
}

/// The text of an argument that is to be read as something, counted.
fn text_to_read(interpreter: &mut Interpreter<'_>, value: Option<Value>) -> Result<Rc<str>, Error> {
    let text = text_of(interpreter, value)?;
    interpreter.charge((text.len() as u64).saturating_mul(STEPS_OF_A_BYTE))?;
    Ok(text)
}

/// Reads a text that a template made as a template, counted.
pub(super) fn parsed(interpreter: &mut Interpreter<'_>, name: &str, text: &str) -> Result<Template, Error> {
    interpreter.charge((text.len() as u64).saturating_mul(STEPS_OF_A_BYTE))?;
    Template::parse(name, text)
}

fn to_json(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let [value, default, sorted] = args.bind("tojson", ["value", "default", "sort_keys"], 1)?;
    let value = value.unwrap_or_default();
    interpreter.charge_value(&value)?;
    match value.to_json() {
        Ok(json) => Ok(python::json(&json, sorted.is_some_and(|flag| flag.truthy())).into()),
        Err(_) => Ok(default.unwrap_or_default()),
    }
}

fn from_json(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let [text, default] = args.bind("fromjson", ["string", "default"], 1)?;
    let parsed = serde_json::from_str(&text_to_read(interpreter, text)?);
    Ok(parsed.map_or_else(|_| default.unwrap_or_default(), |json: serde_json::Value| Value::from_json(&json)))
}

fn to_yaml(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let [value, default, _] = args.bind("toyaml", ["value", "default", "sort_keys"], 1)?;
    let value = value.unwrap_or_default();
    interpreter.charge_value(&value)?;
    let text = value.to_json().ok().and_then(|json| serde_yaml::to_string(&json).ok());
    Ok(text.map_or_else(|| default.unwrap_or_default(), Value::from))
}

fn from_yaml(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let [text, default] = args.bind("fromyaml", ["value", "default"], 1)?;
    let parsed = yaml::parse(&text_to_read(interpreter, text)?);
    Ok(parsed.map_or_else(|_| default.unwrap_or_default(), |document| Value::from_json(&document.root.to_json())))
}

/// Hex MD5, as dbt makes its short names.
pub(crate) fn md5_hex(text: &str) -> String {
    crate::dbt::parse::hex(&Md5::digest(text.as_bytes()))
}

fn make_set(interpreter: &mut Interpreter<'_>, args: Args, strict: bool) -> Result<Value, Error> {
    let [value, default] = args.bind("set", ["value", "default"], 1)?;
    let Some(items) = iterate(interpreter, &value.unwrap_or_default())? else {
        return if strict { Err(Error::type_error("object is not iterable")) } else { Ok(default.unwrap_or_default()) };
    };
    let mut set = Set::default();
    for item in items {
        set.insert(Key::new(item)?);
    }
    Ok(Value::set(set))
}

fn zip(interpreter: &mut Interpreter<'_>, mut args: Args, strict: bool) -> Result<Value, Error> {
    let default = args.take_keyword("default");
    let mut columns = Vec::with_capacity(args.positional.len());
    for value in &args.positional {
        match iterate(interpreter, value)? {
            Some(items) => columns.push(items),
            None if strict => return Err(Error::type_error(format!("'{}' object is not iterable", value.type_name()))),
            None => return Ok(default.unwrap_or_default()),
        }
    }
    let rows = columns.iter().map(Vec::len).min().unwrap_or_default();
    interpreter.charge(rows.saturating_mul(columns.len() + 4) as u64)?;
    let row = |index: usize| Value::tuple(columns.iter().filter_map(|column| column.get(index).cloned()).collect());
    Ok(Value::list((0..rows).map(row).collect()))
}

/// The items of anything that can be walked; nothing for what can't.
fn iterate(interpreter: &mut Interpreter<'_>, value: &Value) -> Result<Option<Vec<Value>>, Error> {
    match interpreter.collect(value) {
        Ok(items) => Ok(Some(items)),
        Err(error) if error.kind() == ErrorKind::Type => Ok(None),
        Err(error) => Err(error),
    }
}

fn diff_of_two_dicts(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let [a, b] = args.bind("diff_of_two_dicts", ["dict_a", "dict_b"], 2)?;
    let mut plain = |value: Option<Value>| -> Result<serde_json::Value, Error> {
        let value = value.unwrap_or_default();
        interpreter.charge_value(&value)?;
        Ok(value.to_json().unwrap_or_default())
    };
    let (a, b) = (plain(a)?, plain(b)?);
    let items = |value: &serde_json::Value| {
        value.as_object().map_or(0, |map| {
            let lists = map.values().filter_map(|value| value.as_array()).map(Vec::len).sum::<usize>();
            (map.len() + lists) as u64
        })
    };
    interpreter.charge(items(&a).saturating_mul(items(&b)) / 8)?;
    let lower = |value: &serde_json::Value| value.as_str().map(str::to_lowercase);
    let mut diff = serde_json::Map::new();
    for (key, values) in a.as_object().into_iter().flatten() {
        let known = b
            .as_object()
            .and_then(|b| b.iter().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, values)| values));
        let known: Vec<String> =
            known.and_then(|values| values.as_array()).into_iter().flatten().filter_map(lower).collect();
        let missing: Vec<serde_json::Value> = values
            .as_array()
            .into_iter()
            .flatten()
            .filter(|value| !lower(value).is_some_and(|value| known.contains(&value)))
            .cloned()
            .collect();
        if !missing.is_empty() {
            diff.insert(key.clone(), serde_json::Value::Array(missing));
        }
    }
    Ok(Value::from_json(&serde_json::Value::Object(diff)))
}
