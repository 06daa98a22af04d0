//! Evaluates the arguments of calls.

use super::frame::Frame;
use super::{Interpreter, Items};
use crate::jinja::ast::CallArgs;
use crate::jinja::error::Error;
use crate::jinja::value::{Args, Value};

/// The function of Jinja2 that makes every call, as Python's messages name it.
const SANDBOX_CALL: &str = "jinja2.sandbox.SandboxedEnvironment.call()";

impl Interpreter<'_> {
    pub(super) fn args<'f>(&mut self, frame: &Frame<'f>, written: &'f CallArgs) -> Result<Args, Error> {
        let mut args = Args::default();
        if !written.positional.is_empty() {
            args.positional.reserve(written.positional.len());
            for argument in &written.positional {
                args.positional.push(self.eval(frame, argument)?);
            }
        }
        if let Some(star) = &written.star {
            let more = self.eval(frame, star)?;
            self.spread(&more, &mut args).map_err(|error| error.at(star.span))?;
        }
        for (name, argument) in &written.keyword {
            let value = self.eval(frame, argument)?;
            args.keyword.push((frame.text(*name), value));
        }
        if let Some(double_star) = &written.double_star {
            let more = self.eval(frame, double_star)?;
            self.spread_keywords(&more, &mut args).map_err(|error| error.at(double_star.span))?;
        }
        Ok(args)
    }

    /// `*more`
    fn spread(&mut self, more: &Value, args: &mut Args) -> Result<(), Error> {
        if Items::of(more).is_err() {
            let kind = more.type_name();
            return Err(Error::type_error(format!("Value after * must be an iterable, not {kind}")));
        }
        args.positional.extend(self.collect(more)?);
        Ok(())
    }

    /// `**more`
    fn spread_keywords(&mut self, more: &Value, args: &mut Args) -> Result<(), Error> {
        let known = args.keyword.len();
        if let Some(length) = more.len() {
            self.charge_items(length.saturating_mul(4 + known / 8))?;
        }
        let entries: Vec<(Value, Value)> = match more {
            Value::Dict(dict) => dict.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
            Value::Object(object) if object.is_mapping() => {
                let keys = object.iterate().unwrap_or_default();
                keys.into_iter()
                    .map(|key| (object.get_item(&key).unwrap_or_default(), key))
                    .map(|(v, k)| (k, v))
                    .collect()
            }
            Value::Undefined(undefined) => {
                self.use_undefined(undefined)?;
                Vec::new()
            }
            _ => {
                let kind = more.type_name();
                return Err(Error::type_error(format!(
                    "{SANDBOX_CALL} argument after ** must be a mapping, not {kind}"
                )));
            }
        };
        for (key, value) in entries {
            let Value::Str(key) = key else { return Err(Error::type_error("keywords must be strings")) };
            // A mapping has no key twice.
            if args.keyword.iter().take(known).any(|(known, _)| *known == key) {
                return Err(Error::type_error(format!("got multiple values for keyword argument '{key}'")));
            }
            args.keyword.push((key, value));
        }
        Ok(())
    }
}
