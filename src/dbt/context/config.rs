//! `config(...)` and `config.get(...)`.

use std::rc::Rc;
use std::sync::Arc;

use super::native::BYTES_OF_A_STEP;
use super::{Context, Phase, Record, Shared};
use crate::dbt::config::{Config, add_call};
use crate::dbt::problems::codes;
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// `config`: records while parsing, answers afterwards.
pub(super) fn config(context: &Context) -> Value {
    let given = match context.phase {
        Phase::Parse => None,
        _ => Some(context.node.as_ref().map(|node| Arc::clone(&node.config)).unwrap_or_default()),
    };
    let (unique_id, source) =
        context.node.as_ref().map(|node| (node.unique_id.clone(), node.raw_code.len())).unwrap_or_default();
    let (record, shared) = (Rc::clone(&context.record), Arc::clone(&context.shared));
    Value::object(ConfigObject { given, unique_id, source, record, shared })
}

struct ConfigObject {
    /// The final configuration; nothing while parsing.
    given: Option<Arc<Config>>,
    unique_id: String,
    /// Bytes of the node's text.
    source: usize,
    record: Rc<Record>,
    shared: Arc<Shared>,
}

impl ConfigObject {
    fn record_call(&self, interpreter: &mut Interpreter<'_>, options: Config) -> Result<Value, Error> {
        if self.given.is_none() {
            let mut options = options;
            for (old, new) in [("pre_hook", "pre-hook"), ("post_hook", "post-hook")] {
                if let Some(value) = options.shift_remove(old) {
                    if options.contains_key(new) {
                        let sentence = format!("Invalid config, has conflicting keys \"{old}\" and \"{new}\"");
                        return Err(self.record.raise(codes::CONFIG_INVALID, sentence));
                    }
                    options.insert(new.to_owned(), value);
                }
            }
            let mut config = self.record.config.borrow_mut();
            // Lists of earlier calls are copied when they grow.
            let lists = config.values().filter_map(|value| value.as_array()).map(Vec::len).sum::<usize>();
            interpreter.charge(lists as u64)?;
            let added = add_call(&mut config, options);
            added.map_err(|conflict| self.record.raise(codes::CONFIG_INVALID, conflict.to_string()))?;
        }
        Ok(Value::str(""))
    }

    fn get(&self, key: &str, default: Value) -> Value {
        match &self.given {
            None => Value::str(""),
            Some(given) => given.get(key).map_or(default, Value::from_json),
        }
    }

    fn require(&self, key: &str) -> Result<Value, Error> {
        match &self.given {
            Some(given) if !given.contains_key(key) => {
                let sentence =
                    format!("Model '{}' does not define a required config parameter '{key}'.", self.unique_id);
                Err(self.record.raise(codes::CONFIG_INVALID, sentence))
            }
            _ => Ok(self.get(key, Value::None)),
        }
    }

    fn persists(&self, part: &str) -> Value {
        let found = self.given.as_ref().and_then(|given| given.get("persist_docs")?.get(part)?.as_bool());
        found.unwrap_or_default().into()
    }
}

/// Arguments as plain data.
fn to_config(
    interpreter: &mut Interpreter<'_>,
    pairs: impl IntoIterator<Item = (String, Value)>,
) -> Result<Config, Error> {
    pairs.into_iter().map(|(key, value)| Ok((key, plain(interpreter, &value)?))).collect()
}

/// Deeper nesting than dbt bears.
const DEPTH: usize = 200;

/// A value as JSON; what JSON has no word for (a relation, a date) is its text.
pub(super) fn plain(interpreter: &mut Interpreter<'_>, value: &Value) -> Result<serde_json::Value, Error> {
    interpreter.charge_value(value)?;
    plain_at(value, 0)
}

fn plain_at(value: &Value, depth: usize) -> Result<serde_json::Value, Error> {
    if depth > DEPTH {
        return Err(Error::value_error("Circular reference detected"));
    }
    match value {
        Value::Undefined(_) => Ok(serde_json::Value::Null),
        Value::List(items) => {
            let items: Result<_, Error> = items.borrow().iter().map(|item| plain_at(item, depth + 1)).collect();
            Ok(serde_json::Value::Array(items?))
        }
        Value::Dict(dict) => {
            let pairs = dict
                .borrow()
                .iter()
                .map(|(key, value)| Ok((key.to_str(), plain_at(value, depth + 1)?)))
                .collect::<Result<_, Error>>()?;
            Ok(serde_json::Value::Object(pairs))
        }
        other => Ok(other.to_json().unwrap_or_else(|_| serde_json::Value::from(other.to_str()))),
    }
}

impl Object for ConfigObject {
    fn type_name(&self) -> &'static str {
        if self.given.is_none() { "ParseConfigObject" } else { "RuntimeConfigObject" }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let before = interpreter.steps();
        let options = match (args.positional.as_slice(), args.keyword.is_empty()) {
            ([Value::Dict(dict)], true) => {
                to_config(interpreter, dict.borrow().iter().map(|(key, value)| (key.to_str(), value.clone())))?
            }
            ([], false) => {
                to_config(interpreter, args.keyword.into_iter().map(|(key, value)| (key.to_string(), value)))?
            }
            _ if self.given.is_some() => Config::new(),
            _ => return Err(self.record.raise(codes::CONFIG_INVALID, "Invalid inline model config")),
        };
        let made = (interpreter.steps() - before).saturating_mul(BYTES_OF_A_STEP);
        self.shared.keep(self.source, usize::try_from(made).unwrap_or(usize::MAX))?;
        self.record_call(interpreter, options)
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let mut args = args.clone();
        let default = args.take_keyword("default");
        args.take_keyword("validator");
        let key = args.take_keyword("name").or_else(|| args.positional.first().cloned()).unwrap_or_default();
        let key = key.as_str().unwrap_or_default();
        let second = args.positional.get(1).cloned();
        Some(match name {
            "get" => Ok(self.get(key, default.or(second).unwrap_or_default())),
            "require" => self.require(key),
            "set" => plain(interpreter, &second.or_else(|| args.take_keyword("value")).unwrap_or_default())
                .and_then(|value| self.record_call(interpreter, Config::from_iter([(key.to_owned(), value)]))),
            "persist_relation_docs" => Ok(self.persists("relation")),
            "persist_column_docs" => Ok(self.persists("columns")),
            _ => return None,
        })
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        // `config.model` and `config.x` of old projects: nothing while parsing.
        self.given.as_ref().and_then(|given| given.get(name)).map(Value::from_json)
    }
}
