//! Macros, the bodies of call blocks, and how their arguments are bound.

use std::rc::Rc;
use std::sync::Arc;

use super::frame::{Cell, Frame, Slot};
use super::output::Output;
use super::{Interpreter, Scope, Texts};
use crate::jinja::ast::MacroDefinition;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::template::Unit;
use crate::jinja::value::{Args, Dict, Key, Undefined, Value, release, repr};

/// A macro, or the body of a call block, as a value.
pub struct Macro {
    unit: Arc<Unit>,
    definition: Arc<MacroDefinition>,
    texts: Texts,
    scope: Rc<dyn Scope>,
    captures: Rc<[Cell]>,
}

impl Macro {
    fn name(&self) -> Option<Rc<str>> {
        name_of(&self.definition, &self.texts)
    }

    pub(in crate::jinja) fn repr_name(&self) -> String {
        self.name().map_or_else(|| "anonymous".to_owned(), |name| repr::of_str(&name))
    }

    pub(in crate::jinja) fn attribute(&self, name: &str) -> Option<Value> {
        let definition = &self.definition;
        match name {
            "name" => Some(self.name().into()),
            "arguments" => {
                let names = definition.parameters.iter();
                let names = names.filter_map(|parameter| self.texts.get(parameter.name.0 as usize));
                Some(Value::tuple(names.map(|name| Value::Str(Rc::clone(name))).collect()))
            }
            "catch_kwargs" => Some(definition.kwargs.is_some().into()),
            "catch_varargs" => Some(definition.varargs.is_some().into()),
            "caller" => Some(definition.caller.is_some().into()),
            _ => None,
        }
    }

    /// The values that only this macro's cells hold.
    pub(in crate::jinja) fn take_values(&mut self, values: &mut Vec<Value>) {
        let Some(captures) = Rc::get_mut(&mut self.captures) else { return };
        for cell in captures {
            if let Some(slot) = Rc::get_mut(cell)
                && let Slot::Value(value) = slot.take()
            {
                values.push(value);
            }
        }
    }
}

impl Drop for Macro {
    fn drop(&mut self) {
        let mut values = Vec::new();
        self.take_values(&mut values);
        release(values.into_iter());
    }
}

impl std::fmt::Debug for Macro {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "<Macro {}>", self.repr_name())
    }
}

fn name_of(definition: &MacroDefinition, texts: &Texts) -> Option<Rc<str>> {
    definition.name.and_then(|name| texts.get(name.0 as usize)).cloned()
}

impl Interpreter<'_> {
    /// The value of a `{% macro %}` or of a call block's body.
    pub(super) fn define(&mut self, frame: &Frame<'_>, definition: &Arc<MacroDefinition>) -> Value {
        let captures = self.share(frame, &definition.function.captures);
        Value::Macro(Rc::new(Macro {
            unit: Arc::clone(frame.unit),
            definition: Arc::clone(definition),
            texts: Rc::clone(frame.texts),
            scope: Rc::clone(frame.scope),
            captures,
        }))
    }

    pub(super) fn call_defined(&mut self, called: &Rc<Macro>, args: Args) -> Result<Value, Error> {
        let frame = Frame {
            unit: &called.unit,
            texts: &called.texts,
            scope: &called.scope,
            base: self.slots.len(),
            captures: &called.captures,
            recursion: None,
        };
        self.invoke(&frame, &called.definition, args)
    }

    /// The one macro of a unit, without a value of it in between: the way of nearly all calls.
    pub(super) fn call_unit(&mut self, unit: &Arc<Unit>, scope: &Rc<dyn Scope>, args: Args) -> Result<Value, Error> {
        let Some(definition) = unit.definition() else {
            return Err(Error::new(ErrorKind::Other, format!("{} holds no macro", unit.name())));
        };
        let texts = self.texts_of(unit);
        let base = self.slots.len();
        if definition.function.captures.is_empty() {
            let frame = Frame { unit, texts: &texts, scope, base, captures: &[], recursion: None };
            return self.invoke(&frame, definition, args);
        }
        // The macro names itself: all that its own text can define outside of it.
        let captures: Rc<[Cell]> = definition.function.captures.iter().map(|_| Cell::default()).collect();
        let called = Rc::new(Macro {
            unit: Arc::clone(unit),
            definition: Arc::clone(definition),
            texts,
            scope: Rc::clone(scope),
            captures: Rc::clone(&captures),
        });
        for cell in captures.iter() {
            cell.replace(Slot::Value(Value::Macro(Rc::clone(&called))));
            self.cells.push(Rc::downgrade(cell));
        }
        let result = self.call_defined(&called, args);
        if base == 0 {
            self.forget_cells();
        }
        result
    }

    fn invoke<'f>(&mut self, frame: &Frame<'f>, definition: &'f MacroDefinition, args: Args) -> Result<Value, Error> {
        self.charge(definition.parameters.len() as u64 * args.keyword.len() as u64 / 16)?;
        let parameters = arrange(frame, definition, args)?;
        if self.depth >= self.limits.depth {
            return Err(Error::limit(format!("macros call each other more than {} deep", self.limits.depth)));
        }
        self.depth += 1;
        let mut out = Output::text(self.limits.output_bytes);
        let prepare = |interpreter: &mut Self, frame: &Frame<'f>| interpreter.prepare(frame, definition, parameters);
        let result = self.run_function(frame, &definition.function, prepare, &mut out);
        self.depth -= 1;
        if frame.base == 0 {
            self.forget_cells();
        }
        match result {
            Ok(()) => self.new_text(out.into_text()),
            // dbt catches it at each macro; the body of a call block is none.
            Err(error) if error.kind() == ErrorKind::Return && definition.name.is_some() => {
                Ok(self.returned.take().unwrap_or_default())
            }
            Err(error) => {
                let own = frame.unit.definition().is_some_and(|own| std::ptr::eq(own.as_ref(), definition));
                let name = name_of(definition, frame.texts).filter(|_| !own);
                Err(error.leave(name.as_deref().unwrap_or(frame.unit.name()), frame.unit.path()))
            }
        }
    }

    /// Sets the parameters; those not given get their defaults, which see the ones before them.
    fn prepare<'f>(
        &mut self,
        frame: &Frame<'f>,
        definition: &'f MacroDefinition,
        arranged: Arranged,
    ) -> Result<(), Error> {
        for (slot, value) in arranged.given {
            self.set_slot(frame, slot, value);
        }
        for slot in arranged.missing {
            let Some(parameter) = definition.parameters.get(slot as usize) else { continue };
            let value = if let Some(default) = &parameter.default {
                self.eval(frame, default)?
            } else {
                let name = repr::of_str(&frame.text(parameter.name));
                let sentence = format!("parameter {name} was not provided");
                Value::Undefined(Rc::new(Undefined::Sentence(sentence.into())))
            };
            self.set_slot(frame, slot, value);
        }
        Ok(())
    }
}

/// Which slot gets which argument, and which parameters got none.
#[derive(Debug, Default)]
struct Arranged {
    given: Vec<(u32, Value)>,
    missing: Vec<u32>,
}

/// Binds arguments to parameters by the rules, and with the complaints, of Jinja2's `Macro`.
fn arrange(frame: &Frame<'_>, definition: &MacroDefinition, mut args: Args) -> Result<Arranged, Error> {
    let name = || name_of(definition, frame.texts).map_or_else(|| "None".to_owned(), |name| repr::of_str(&name));
    let count = definition.parameters.len();
    let mut arranged = Arranged::default();
    let extra = if args.positional.len() > count { args.positional.split_off(count) } else { Vec::new() };
    let given = args.positional.len();
    arranged.given.extend(args.positional.drain(..).enumerate().map(|(slot, value)| (slot as u32, value)));
    for (slot, parameter) in definition.parameters.iter().enumerate().skip(given) {
        match args.take_keyword(&frame.text(parameter.name)) {
            Some(value) => arranged.given.push((slot as u32, value)),
            None => arranged.missing.push(slot as u32),
        }
    }
    if let Some(slot) = definition.caller {
        let caller = args.take_keyword("caller").filter(|caller| !caller.is_none());
        let none = || Value::Undefined(Rc::new(Undefined::Sentence("No caller defined".into())));
        arranged.given.push((slot, caller.unwrap_or_else(none)));
    }
    if let Some(slot) = definition.kwargs {
        let kwargs: Dict = args.keyword.drain(..).map(|(key, value)| (Key::from(key), value)).collect();
        arranged.given.push((slot, Value::dict(kwargs)));
    } else if let Some((first, _)) = args.keyword.first() {
        return Err(Error::type_error(if args.keyword.iter().any(|(key, _)| key.as_ref() == "caller") {
            format!(
                "macro {} was invoked with two values for the special caller argument. This is most likely a bug.",
                name()
            )
        } else {
            format!("macro {} takes no keyword argument {}", name(), repr::of_str(first))
        }));
    }
    if let Some(slot) = definition.varargs {
        arranged.given.push((slot, Value::tuple(extra)));
    } else if !extra.is_empty() {
        return Err(Error::type_error(format!("macro {} takes not more than {count} argument(s)", name())));
    }
    Ok(arranged)
}
