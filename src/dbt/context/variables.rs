//! `var` and `env_var`.

use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::{Context, Look, Phase, Record, Shared, UsesLog, has_template};
use crate::dbt::problems::codes;
use crate::dbt::python;
use crate::jinja::{Args, Error, Interpreter, Object, Value};

const SECRET_PREFIX: &str = "DBT_ENV_SECRET_";

/// `var`: a function that also knows `has_var`.
pub(super) fn var(context: &Context) -> Value {
    Value::object(Var {
        shared: Arc::clone(&context.shared),
        record: Rc::clone(&context.record),
        uses: Rc::clone(&context.uses),
        context: context.me.clone(),
        package: context.package.clone(),
        only_given: matches!(context.phase, Phase::Project | Phase::Packages | Phase::Profiles),
        missing_is_none: matches!(context.phase, Phase::Parse),
        as_written: matches!(context.phase, Phase::Yaml),
        owner: context.node.as_ref().map(|node| node.name.clone()),
    })
}

struct Var {
    shared: Arc<Shared>,
    record: Rc<Record>,
    uses: Rc<UsesLog>,
    context: Weak<Context>,
    package: String,
    /// Only those given from outside, as in `dbt_project.yml`.
    only_given: bool,
    missing_is_none: bool,
    /// A text that is a template stays one, as in properties.
    as_written: bool,
    owner: Option<String>,
}

impl Var {
    fn find(&self, name: &str) -> Option<Value> {
        self.uses.add(Look::Var(name));
        let found = if self.only_given {
            self.shared.target.vars.get(name).cloned()
        } else {
            self.shared.var(&self.package, name)
        };
        found.as_ref().map(Value::from_json)
    }

    /// A variable's text may be a template itself; it is rendered where it is used.
    fn rendered(&self, interpreter: &mut Interpreter<'_>, value: Value) -> Result<Value, Error> {
        match (value.as_str(), self.context.upgrade()) {
            (Some(text), Some(context)) if !self.as_written && has_template(text) => {
                let template = super::text::parsed(interpreter, "var", text)?;
                self.record.nested(|| Ok(interpreter.render(&template, &context.scope())?.into()))
            }
            _ => Ok(value),
        }
    }

    fn missing(&self, name: &str) -> Error {
        self.uses.add(Look::AllVars);
        let vars = if self.only_given { self.shared.target.vars.clone() } else { self.shared.vars(&self.package) };
        let mut sorted: Vec<_> = vars.into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        let owner = self.owner.as_deref().unwrap_or("<Configuration>");
        let listed: serde_json::Map<String, serde_json::Value> = sorted.into_iter().collect();
        let listed = serde_json::to_string_pretty(&listed).unwrap_or_default().replace("\n  ", "\n    ");
        let sentence = format!("Required var '{name}' not found in config:\nVars supplied to {owner} = {listed}");
        self.record.raise(codes::VAR_MISSING, sentence)
    }
}

impl Object for Var {
    fn type_name(&self) -> &'static str {
        "Var"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let [name, default] = args.bind("var", ["var_name", "default"], 1)?;
        let name = name.unwrap_or_default();
        let Some(key) = name.as_str() else { return Ok(default.unwrap_or_default()) };
        match (self.find(key), default) {
            (Some(value), _) => {
                interpreter.charge_copy(&value)?;
                self.rendered(interpreter, value)
            }
            (None, Some(default)) => Ok(default),
            (None, None) if self.missing_is_none => Ok(Value::None),
            (None, None) => Err(self.missing(key)),
        }
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let key = args.positional.first().and_then(Value::as_str).unwrap_or_default();
        (name == "has_var").then(|| Ok(self.find(key).is_some().into()))
    }
}

/// `env_var(name, default)`.
pub(super) fn env_var(context: &Context) -> Value {
    let (shared, record, uses) = (Arc::clone(&context.shared), Rc::clone(&context.record), Rc::clone(&context.uses));
    let secrets = matches!(context.phase, Phase::Packages | Phase::Profiles);
    Value::function("env_var", move |interpreter, args| {
        interpreter.charge_args(&args)?;
        let [name, default] = args.bind("env_var", ["var", "default"], 1)?;
        let name = name.unwrap_or_default();
        let key = name.as_str().unwrap_or_default();
        if key.starts_with(SECRET_PREFIX) && !secrets {
            let sentence = format!(
                "Secret env vars are allowed only in profiles.yml or packages.yml. Found '{key}' referenced elsewhere."
            );
            return Err(record.raise(codes::SECRET_ENV, sentence));
        }
        uses.add(Look::Env(key));
        if let Some(value) = shared.target.env_var(key) {
            return Ok(value.into());
        }
        match default {
            Some(Value::None) | None => {
                Err(record
                    .raise(codes::ENV_VAR, format!("Env var required but not provided: {}", python::text_repr(key))))
            }
            Some(default) => Ok(default.to_str().into()),
        }
    })
}
