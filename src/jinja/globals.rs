//! The globals of Jinja2, and those of dbt that need nothing of dbt: `return`, `zip`, `set`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::error::{Error, ErrorKind};
use super::interpreter::{Interpreter, Items};
use super::methods::{mapping_pairs, set_of};
use super::quick::QuickMap;
use super::value::{Args, Dict, Object, Range, Tuple, Value};

type GlobalFunction = fn(&mut Interpreter<'_>, Args) -> Result<Value, Error>;

/// The globals by name.
pub(super) fn table() -> QuickMap<&'static str, Value> {
    let functions: [(&'static str, GlobalFunction); 10] = [
        ("range", range),
        ("dict", dict),
        ("namespace", namespace),
        ("joiner", joiner),
        ("cycler", cycler),
        ("return", return_value),
        ("zip", |interpreter, args| zip(interpreter, args, false)),
        ("zip_strict", |interpreter, args| zip(interpreter, args, true)),
        ("set", |interpreter, args| set(interpreter, args, false)),
        ("set_strict", |interpreter, args| set(interpreter, args, true)),
    ];
    functions.into_iter().map(|(name, call)| (name, Value::function(name, call))).collect()
}

/// The sandbox's `range`: not longer than the limit.
fn range(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let args = args.only_positional("range", 1, 3)?;
    let mut bounds = args.iter().map(|value| match value {
        Value::BigInt(_) => Err(too_big(interpreter.limits().range)),
        _ => value.as_int().ok_or_else(|| {
            Error::type_error(format!("'{}' object cannot be interpreted as an integer", value.type_name()))
        }),
    });
    let first = bounds.next().transpose()?.unwrap_or(0);
    let second = bounds.next().transpose()?;
    let step = bounds.next().transpose()?.unwrap_or(1);
    if step == 0 {
        return Err(Error::value_error("range() arg 3 must not be zero"));
    }
    let (start, stop) = second.map_or((0, first), |stop| (first, stop));
    let range = Range { start, stop, step };
    if range.len() > interpreter.limits().range {
        return Err(too_big(interpreter.limits().range));
    }
    Ok(Value::Range(Rc::new(range)))
}

fn too_big(most: usize) -> Error {
    Error::new(ErrorKind::Overflow, format!("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({most})."))
}

fn dict(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let keyword = args.keyword;
    interpreter.charge_dict(keyword.len())?;
    let mut positional = Args::positional(args.positional).only_positional("dict", 0, 1)?;
    let mut dict = Dict::new();
    if let Some(more) = positional.pop() {
        let more = mapping_pairs(interpreter, &more)?;
        interpreter.charge_items(more.len())?;
        for (key, value) in more {
            dict.insert(key, value);
        }
    }
    for (key, value) in keyword {
        dict.insert(key, value);
    }
    Ok(Value::dict(dict))
}

/// `return(value)` ends the macro that is running; dbt raises an exception for it, and so do we.
fn return_value(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let [value] = args.bind("return", ["data"], 1)?;
    Err(interpreter.returning(value.unwrap_or_default()))
}

/// dbt's `zip(a, b, default=None)`: what can't be walked gives the default; `zip_strict` complains.
fn zip(interpreter: &mut Interpreter<'_>, mut args: Args, strict: bool) -> Result<Value, Error> {
    let default = if strict { None } else { Some(args.take_keyword("default").unwrap_or_default()) };
    let lists = args.only_positional("zip", 0, usize::MAX)?;
    let walks: Result<Vec<Items>, Error> = lists.iter().map(Items::of).collect();
    let mut walks = match (walks, default) {
        (Ok(walks), _) => walks,
        (Err(_), Some(default)) => return Ok(default),
        (Err(error), None) => return Err(error),
    };
    let mut tuples = Vec::new();
    loop {
        let mut tuple = Vec::with_capacity(walks.len());
        for walk in &mut walks {
            match walk.next()? {
                Some(item) => tuple.push(item),
                None => return Ok(Value::one_shot("zip", tuples)),
            }
        }
        if tuple.is_empty() {
            return Ok(Value::one_shot("zip", tuples));
        }
        interpreter.charge_items(tuple.len() + 1)?;
        tuples.push(Value::tuple(tuple));
    }
}

/// dbt's `set(value, default=None)`; `set_strict` complains.
fn set(interpreter: &mut Interpreter<'_>, args: Args, strict: bool) -> Result<Value, Error> {
    let [value, default] = args.bind("set", ["value", "default"], 1)?;
    match set_of(interpreter, &value.unwrap_or_default()) {
        Ok(set) => Ok(Value::set(set)),
        Err(error) if error.kind() == ErrorKind::Type && !strict => Ok(default.unwrap_or_default()),
        Err(error) => Err(error),
    }
}

fn namespace(interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    match dict(interpreter, args)? {
        Value::Dict(attributes) => Ok(Value::object(Namespace(RefCell::new(attributes.take())))),
        other => Ok(other),
    }
}

/// What `{% set namespace.name = value %}` can change.
#[derive(Debug)]
struct Namespace(RefCell<Dict>);

impl Object for Namespace {
    fn type_name(&self) -> &'static str {
        "Namespace"
    }

    fn type_path(&self) -> &'static str {
        "jinja2.utils.Namespace"
    }

    fn has_identity(&self) -> bool {
        true
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.0.borrow().get_str(name).cloned()
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        self.get_attr(key.as_str()?)
    }

    fn set_attr(&self, name: &str, value: Value) -> Result<(), Error> {
        let replaced = self.0.borrow_mut().insert(name, value);
        drop(replaced);
        Ok(())
    }

    fn stand_in(&self) -> Option<(&'static str, Value, &'static str)> {
        Some(("<Namespace ", Value::dict(self.0.borrow().clone()), ">"))
    }

    fn take_values(&mut self, values: &mut Vec<Value>) {
        values.extend(self.0.take().take_values());
    }
}

/// `joiner(sep)`: nothing the first time, then the separator.
#[derive(Debug)]
struct Joiner {
    separator: Value,
    used: Cell<bool>,
}

fn joiner(_: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let [separator] = args.bind("joiner", ["sep"], 0)?;
    Ok(Value::object(Joiner { separator: separator.unwrap_or_else(|| Value::from(", ")), used: Cell::new(false) }))
}

impl Object for Joiner {
    fn type_name(&self) -> &'static str {
        "Joiner"
    }

    fn has_identity(&self) -> bool {
        true
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        args.only_positional("joiner", 0, 0)?;
        Ok(if self.used.replace(true) { self.separator.clone() } else { Value::from("") })
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "sep" => Some(self.separator.clone()),
            "used" => Some(Value::Bool(self.used.get())),
            _ => None,
        }
    }
}

/// `cycler(a, b)`: one after the other, again and again.
#[derive(Debug)]
struct Cycler {
    items: Rc<Tuple>,
    position: Cell<usize>,
}

fn cycler(_: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
    let items = args.only_positional("cycler", 0, usize::MAX)?;
    if items.is_empty() {
        return Err(Error::new(ErrorKind::Other, "at least one item has to be provided"));
    }
    Ok(Value::object(Cycler { items: Rc::new(items.into()), position: Cell::new(0) }))
}

impl Cycler {
    fn current(&self) -> Value {
        self.items.get(self.position.get()).cloned().unwrap_or_default()
    }
}

impl Object for Cycler {
    fn type_name(&self) -> &'static str {
        "Cycler"
    }

    fn has_identity(&self) -> bool {
        true
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "current" => Some(self.current()),
            "pos" => Some(Value::Int(self.position.get() as i64)),
            "items" => Some(Value::Tuple(Rc::clone(&self.items))),
            _ => None,
        }
    }

    fn call_method(&self, _: &mut Interpreter<'_>, name: &str, _: &Args) -> Option<Result<Value, Error>> {
        match name {
            "next" => {
                let current = self.current();
                self.position.set((self.position.get() + 1) % self.items.len());
                Some(Ok(current))
            }
            "reset" => {
                self.position.set(0);
                Some(Ok(Value::None))
            }
            _ => None,
        }
    }
}
