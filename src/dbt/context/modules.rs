//! `modules`: the Python modules that dbt lends to templates.

use super::{Context, datetime, regex};
use crate::jinja::{Args, Dict, Error, Interpreter, Object, Value};

/// `modules`.
pub(super) fn modules(context: &Context) -> Value {
    let pairs = [
        ("datetime", datetime::module(context)),
        ("re", regex::module()),
        ("pytz", pytz()),
        ("itertools", Value::object(Itertools)),
    ];
    Value::dict(pairs.into_iter().collect::<Dict>())
}

fn pytz() -> Value {
    let zone = Value::function("timezone", |interpreter, args| {
        interpreter.charge_args(&args)?;
        let [name] = args.bind("timezone", ["zone"], 1)?;
        datetime::timezone(&name.unwrap_or_default().to_str())
    });
    let pairs = [("utc", datetime::utc()), ("UTC", datetime::utc()), ("timezone", zone)];
    Value::dict(pairs.into_iter().collect::<Dict>())
}

struct Itertools;

impl Object for Itertools {
    fn type_name(&self) -> &'static str {
        "module"
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if !matches!(name, "chain" | "product") {
            return None;
        }
        let lists: Result<Vec<Vec<Value>>, Error> =
            args.positional.iter().map(|value| interpreter.collect(value)).collect();
        Some(lists.and_then(|lists| {
            let rows = if name == "chain" { lists.concat() } else { product(interpreter, &lists)? };
            interpreter.charge(rows.len() as u64)?;
            Ok(Value::list(rows))
        }))
    }
}

/// What a row takes besides its items.
const ROW_STEPS: usize = 4;

fn product(interpreter: &mut Interpreter<'_>, lists: &[Vec<Value>]) -> Result<Vec<Value>, Error> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for list in lists {
        let width = rows.first().map_or(0, Vec::len) + ROW_STEPS;
        interpreter.charge(rows.len().saturating_mul(list.len()).saturating_mul(width) as u64)?;
        rows = rows
            .iter()
            .flat_map(|row| list.iter().map(move |item| [row.as_slice(), std::slice::from_ref(item)].concat()))
            .collect();
    }
    Ok(rows.into_iter().map(Value::tuple).collect())
}
