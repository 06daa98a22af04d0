//! Filters that cut a sequence into parts: `groupby`, `unique`, `batch`, `slice`.

use super::attributes::Getter;
use super::order::{keyed, sort_by_keys};
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, Key, Object, Set, Value};

/// What `groupby` gives for each group: a pair whose parts have names too.
#[derive(Debug)]
struct Group {
    grouper: Value,
    list: Value,
}

impl Group {
    fn pair(&self) -> Value {
        Value::tuple(vec![self.grouper.clone(), self.list.clone()])
    }
}

impl Object for Group {
    fn type_name(&self) -> &'static str {
        "_GroupTuple"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "grouper" => Some(self.grouper.clone()),
            "list" => Some(self.list.clone()),
            _ => None,
        }
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        match key.as_int() {
            Some(0 | -2) => Some(self.grouper.clone()),
            Some(1 | -1) => Some(self.list.clone()),
            _ => None,
        }
    }

    fn iterate(&self) -> Option<Vec<Value>> {
        Some(vec![self.grouper.clone(), self.list.clone()])
    }

    fn len(&self) -> Option<usize> {
        Some(2)
    }

    fn stand_in(&self) -> Option<(&'static str, Value, &'static str)> {
        Some(("", self.pair(), ""))
    }

    fn take_values(&mut self, values: &mut Vec<Value>) {
        values.extend([std::mem::take(&mut self.grouper), std::mem::take(&mut self.list)]);
    }
}

pub(super) fn groupby(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [attribute, default, case_sensitive] =
        args.bind("sync_do_groupby", ["attribute", "default", "case_sensitive"], 1)?;
    let by = Getter::new(attribute.as_ref(), default.filter(|default| !default.is_none()));
    let compared = by.clone().case_sensitive(case_sensitive.as_ref());
    let items = keyed(interpreter, value, &compared)?;
    let sorted = sort_by_keys(interpreter, items, false)?;
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for item in sorted {
        let key = compared.get(interpreter, &item)?;
        match groups.last_mut() {
            Some((last, group)) if interpreter.equal(last, &key)? => group.push(item),
            _ => groups.push((key, vec![item])),
        }
    }
    let mut named = Vec::with_capacity(groups.len());
    for (_, group) in groups {
        let grouper = by.get(interpreter, group.first().unwrap_or(&Value::None))?;
        named.push(Value::object(Group { grouper, list: Value::list(group) }));
    }
    Ok(Value::list(named))
}

pub(super) fn unique(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [case_sensitive, attribute] = args.bind("sync_do_unique", ["case_sensitive", "attribute"], 0)?;
    let getter = Getter::new(attribute.as_ref(), None).case_sensitive(case_sensitive.as_ref());
    let mut seen = Set::default();
    let mut kept = Vec::new();
    for (key, item) in keyed(interpreter, value, &getter)? {
        interpreter.charge_read(&key)?;
        if seen.insert(Key::new(key)?) {
            kept.push(item);
        }
    }
    Ok(Value::one_shot("generator", kept))
}

pub(super) fn batch(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [count, fill] = args.bind("do_batch", ["linecount", "fill_with"], 1)?;
    // Python compares the length with the number, whatever kind of number it is; none has a length below nothing.
    let count = match count {
        Some(Value::Float(count)) if count.fract() == 0.0 => Some(count as i64),
        count => count.as_ref().and_then(Value::as_int),
    };
    let items = interpreter.collect(value)?;
    let count = count.and_then(|count| usize::try_from(count).ok());
    let mut batches: Vec<Vec<Value>> = match count {
        None => vec![items],
        Some(0) if items.is_empty() => vec![items],
        Some(0) => vec![Vec::new(), items],
        Some(count) => items.chunks(count).map(<[Value]>::to_vec).collect(),
    };
    let count = count.unwrap_or(0);
    if let (Some(last), Some(fill)) = (batches.last_mut(), fill.filter(|fill| !fill.is_none())) {
        interpreter.charge_items(count)?;
        last.resize(last.len().max(count), fill);
    }
    Ok(Value::one_shot("generator", batches.into_iter().map(Value::list).collect()))
}

pub(super) fn slice(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [slices, fill] = args.bind("sync_do_slice", ["slices", "fill_with"], 1)?;
    let slices = slices.as_ref().and_then(Value::as_int).and_then(|slices| usize::try_from(slices).ok());
    let slices = slices.unwrap_or(0);
    let items = interpreter.collect(value)?;
    let Some(each) = items.len().checked_div(slices) else {
        return Err(Error::new(crate::jinja::ErrorKind::ZeroDivision, "integer division or modulo by zero"));
    };
    interpreter.charge_items(slices)?;
    let longer = items.len() % slices;
    let mut rest = items.into_iter();
    let mut parts = Vec::with_capacity(slices);
    for number in 0..slices {
        let mut part: Vec<Value> = rest.by_ref().take(each + usize::from(number < longer)).collect();
        if let (Some(fill), true) = (fill.as_ref().filter(|fill| !fill.is_none()), number >= longer) {
            part.push(fill.clone());
        }
        parts.push(Value::list(part));
    }
    Ok(Value::one_shot("generator", parts))
}
