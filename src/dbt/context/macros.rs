//! Macros and namespaces of macros as values.

use std::rc::{Rc, Weak};

use super::{Context, Look};
use crate::dbt::macros::MacroIndex;
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// A macro that a template can call.
pub(super) struct MacroHandle {
    context: Weak<Context>,
    index: MacroIndex,
}

impl MacroHandle {
    pub(super) fn value(context: &Context, index: MacroIndex) -> Value {
        Value::object(Self { context: context.me.clone(), index })
    }
}

impl Object for MacroHandle {
    fn type_name(&self) -> &'static str {
        "MacroGenerator"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let Some(context) = self.context.upgrade() else {
            return Err(Error::type_error("a macro was called after its template had ended"));
        };
        let called = context.shared.macros.get(self.index);
        let unit = called.unit.as_ref().map_err(Clone::clone)?;
        let depth = &context.record.depth;
        if depth.get() == 0 {
            context.record.macros.borrow_mut().insert(called.unique_id.clone());
        }
        depth.set(depth.get() + 1);
        let result = interpreter.call_macro(unit, &context.scope(), args);
        depth.set(depth.get() - 1);
        result
    }

    fn repr(&self) -> String {
        self.context.upgrade().map_or_else(String::new, |context| {
            format!("<dbt.clients.jinja.MacroGenerator object {}>", context.shared.macros.get(self.index).name)
        })
    }
}

/// A package's macros, or dbt's.
pub(super) struct Namespace {
    context: Weak<Context>,
    name: Rc<str>,
}

impl Namespace {
    pub(super) fn value(context: &Context, name: &str) -> Value {
        Value::object(Self { context: context.me.clone(), name: name.into() })
    }

    fn find(&self, name: &str) -> Option<Value> {
        let context = self.context.upgrade()?;
        context.uses.add(Look::Name(name));
        let index = context.shared.macros.find_in(&self.name, name).filter(|index| context.reaches(*index))?;
        Some(MacroHandle::value(&context, index))
    }
}

impl Object for Namespace {
    fn type_name(&self) -> &'static str {
        "dict"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.find(name)
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        self.find(key.as_str()?)
    }

    fn contains(&self, item: &Value) -> Option<bool> {
        Some(item.as_str().is_some_and(|name| self.find(name).is_some()))
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if name != "get" {
            return None;
        }
        let key = args.positional.first().and_then(Value::as_str);
        let default = args.positional.get(1).cloned().unwrap_or_default();
        Some(Ok(key.and_then(|key| self.find(key)).unwrap_or(default)))
    }

    fn is_mapping(&self) -> bool {
        true
    }
}
