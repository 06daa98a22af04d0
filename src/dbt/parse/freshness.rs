//! How old a source's rows may be: what its table says over what the source says, as dbt's `merge_freshness`
//! does. Whether they are is asked elsewhere.

use serde_json::{Map, Value, json};

/// The freshness of a table; null where it was switched off, thresholds without figures where nobody
/// said a word.
pub(super) fn merged_freshness(source: Option<&Value>, table: Option<&Value>) -> Value {
    let (source, table) = (Threshold::of(source), Threshold::of(table));
    match (source, table) {
        (Some(source), Some(table)) => source.merged(table).to_json(),
        (None, Some(table)) => table.to_json(),
        (_, None) => Value::Null,
    }
}

/// `{count: 12, period: hour}`; nothing where it was switched off.
type Age = Option<Map<String, Value>>;

struct Threshold {
    warn_after: Age,
    error_after: Age,
    filter: Value,
}

impl Threshold {
    /// Nothing where `freshness: null` was written.
    fn of(written: Option<&Value>) -> Option<Self> {
        if written.is_some_and(Value::is_null) {
            return None;
        }
        let age = |key: &str| match written.and_then(|written| written.get(key)) {
            Some(Value::Null) => None,
            Some(Value::Object(age)) => Some(age.clone()),
            _ => Some(Map::new()),
        };
        let filter = written.and_then(|written| written.get("filter")).cloned().unwrap_or_default();
        Some(Self { warn_after: age("warn_after"), error_after: age("error_after"), filter })
    }

    fn merged(self, over: Self) -> Self {
        Self {
            warn_after: merged_age(self.warn_after, over.warn_after),
            error_after: merged_age(self.error_after, over.error_after),
            filter: if over.filter.is_null() { self.filter } else { over.filter },
        }
    }

    fn to_json(&self) -> Value {
        let age = |age: &Age| {
            age.as_ref().map(|age| {
                let figure = |key: &str| age.get(key).cloned().unwrap_or_default();
                json!({"count": figure("count"), "period": figure("period")})
            })
        };
        json!({"warn_after": age(&self.warn_after), "error_after": age(&self.error_after), "filter": self.filter})
    }
}

fn merged_age(base: Age, over: Age) -> Age {
    let is_set =
        |age: &Map<String, Value>| ["count", "period"].iter().all(|key| age.get(*key).is_some_and(|v| !v.is_null()));
    match (base, over) {
        (_, None) => None,
        (None, Some(over)) => is_set(&over).then_some(over),
        (Some(base), Some(over)) if is_set(&base) && is_set(&over) => Some(base.into_iter().chain(over).collect()),
        (Some(base), Some(over)) => Some(if is_set(&over) { over } else { base }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tables_freshness_goes_over_its_sources() {
        let empty = json!({"count": null, "period": null});
        let day = json!({"count": 1, "period": "day"});
        let hour = json!({"count": 6, "period": "hour"});
        let table = [
            (None, None, json!({"warn_after": empty, "error_after": empty, "filter": null})),
            (Some(json!({"warn_after": day})), None, json!({"warn_after": day, "error_after": empty, "filter": null})),
            (Some(json!({"warn_after": day})), Some(Value::Null), Value::Null),
            (
                Some(Value::Null),
                Some(json!({"error_after": day})),
                json!({"warn_after": empty, "error_after": day, "filter": null}),
            ),
            (
                Some(json!({"warn_after": day, "filter": "a"})),
                Some(json!({"warn_after": hour, "error_after": day})),
                json!({"warn_after": hour, "error_after": day, "filter": "a"}),
            ),
            (
                Some(json!({"warn_after": day})),
                Some(json!({"warn_after": null})),
                json!({"warn_after": null, "error_after": empty, "filter": null}),
            ),
        ];
        for (source, own, expected) in table {
            assert_eq!(merged_freshness(source.as_ref(), own.as_ref()), expected, "{source:?} {own:?}");
        }
    }
}
