//! `config(...)` and `config.get(...)`.

use std::rc::Rc;
use std::sync::Arc;

use super::{Context, Phase, Record};
use crate::dbt::config::{Config, add_call};
use crate::dbt::problems::codes;
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// `config`: records while parsing, answers afterwards.
pub(super) fn config(context: &Context) -> Value {
    let given = match context.phase {
        Phase::Parse => None,
        _ => Some(context.node.as_ref().map(|node| Arc::clone(&node.config)).unwrap_or_default()),
    };
    let unique_id = context.node.as_ref().map(|node| node.unique_id.clone()).unwrap_or_default();
    Value::object(ConfigObject { given, unique_id, record: Rc::clone(&context.record) })
}

struct ConfigObject {
    /// The final configuration; nothing while parsing.
    given: Option<Arc<Config>>,
    unique_id: String,
    record: Rc<Record>,
}

impl ConfigObject {
    fn record_call(&self, options: Config) -> Result<Value, Error> {
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
            let added = add_call(&mut self.record.config.borrow_mut(), options);
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
fn to_config(pairs: impl IntoIterator<Item = (String, Value)>) -> Result<Config, Error> {
    pairs.into_iter().map(|(key, value)| Ok((key, plain(&value)?))).collect()
}

/// A value as JSON; what JSON has no word for (a relation, a date) is its text.
pub(super) fn plain(value: &Value) -> Result<serde_json::Value, Error> {
    match value {
        Value::Undefined(_) => Ok(serde_json::Value::Null),
        Value::List(items) => Ok(serde_json::Value::Array(items.borrow().iter().map(plain).collect::<Result<_, _>>()?)),
        Value::Dict(dict) => {
            let pairs = dict
                .borrow()
                .iter()
                .map(|(key, value)| Ok((key.to_str(), plain(value)?)))
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

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let options = match (args.positional.as_slice(), args.keyword.is_empty()) {
            ([Value::Dict(dict)], true) => {
                to_config(dict.borrow().iter().map(|(key, value)| (key.to_str(), value.clone())))?
            }
            ([], false) => to_config(args.keyword.into_iter().map(|(key, value)| (key.to_string(), value)))?,
            _ if self.given.is_some() => Config::new(),
            _ => return Err(self.record.raise(codes::CONFIG_INVALID, "Invalid inline model config")),
        };
        self.record_call(options)
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let mut args = args.clone();
        let default = args.take_keyword("default");
        args.take_keyword("validator");
        let key = args.take_keyword("name").or_else(|| args.positional.first().cloned()).unwrap_or_default();
        let key = key.as_str().unwrap_or_default();
        let second = args.positional.get(1).cloned();
        Some(match name {
            "get" => Ok(self.get(key, default.or(second).unwrap_or_default())),
            "require" => self.require(key),
            "set" => plain(&second.or_else(|| args.take_keyword("value")).unwrap_or_default())
                .and_then(|value| self.record_call(Config::from_iter([(key.to_owned(), value)]))),
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
