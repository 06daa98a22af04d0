//! The shapes in which dbt keeps metrics, semantic models and saved queries: every key there, null where nothing
//! was said. After the artifacts of dbt Core 1.7.

use serde_json::{Map, Value, json};

use crate::dbt::python;

fn given<'v>(map: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    map.get(key).filter(|value| !value.is_null())
}

fn or_null(map: &Map<String, Value>, key: &str) -> Value {
    map.get(key).cloned().unwrap_or_default()
}

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    given(map, key).map(python::text)
}

/// `where: text` and `where: [text, ...]`.
fn filter(written: Option<&Value>) -> Value {
    let one = |text: &Value| json!({"where_sql_template": python::text(text)});
    match written {
        None | Some(Value::Null) => Value::Null,
        Some(Value::Array(texts)) => json!({"where_filters": texts.iter().map(one).collect::<Vec<_>>()}),
        Some(text) => json!({"where_filters": [one(text)]}),
    }
}

/// `28 days` -> `{count: 28, granularity: day}`.
fn window(written: Option<&Value>) -> Value {
    let parsed = || {
        let (count, unit) = written?.as_str()?.split_once(' ')?;
        Some(json!({"count": count.parse::<i64>().ok()?, "granularity": unit.strip_suffix('s').unwrap_or(unit)}))
    };
    parsed().unwrap_or_default()
}

/// A measure by its name or with more.
fn input_measure(written: &Value) -> Value {
    let empty = Map::new();
    let map = written.as_object().unwrap_or(&empty);
    json!({
        "name": if written.is_object() { or_null(map, "name") } else { written.clone() },
        "filter": filter(map.get("filter")),
        "alias": or_null(map, "alias"),
        "join_to_timespine": given(map, "join_to_timespine").cloned().unwrap_or(false.into()),
        "fill_nulls_with": or_null(map, "fill_nulls_with"),
    })
}

/// A metric by its name or with more.
fn input_metric(written: &Value) -> Value {
    let empty = Map::new();
    let map = written.as_object().unwrap_or(&empty);
    json!({
        "name": if written.is_object() { or_null(map, "name") } else { written.clone() },
        "filter": filter(map.get("filter")),
        "alias": or_null(map, "alias"),
        "offset_window": window(map.get("offset_window")),
        "offset_to_grain": or_null(map, "offset_to_grain"),
    })
}

fn optional(written: Option<&Value>, shape: fn(&Value) -> Value) -> Value {
    written.filter(|written| !written.is_null()).map(shape).unwrap_or_default()
}

fn listed(written: Option<&Value>, shape: impl Fn(&Value) -> Value) -> Value {
    written.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter().map(shape).collect()
}

fn conversion(written: Option<&Value>) -> Value {
    let Some(map) = written.and_then(Value::as_object) else { return Value::Null };
    json!({
        "base_measure": optional(map.get("base_measure"), input_measure),
        "conversion_measure": optional(map.get("conversion_measure"), input_measure),
        "entity": or_null(map, "entity"),
        "calculation": given(map, "calculation").cloned().unwrap_or("conversion_rate".into()),
        "window": window(map.get("window")),
        "constant_properties": or_null(map, "constant_properties"),
    })
}

pub(super) fn metric_details(value: &Map<String, Value>) -> Value {
    let empty = Map::new();
    let params = value.get("type_params").and_then(Value::as_object).unwrap_or(&empty);
    json!({
        "label": or_null(value, "label"),
        "type": or_null(value, "type"),
        "type_params": {
            "measure": optional(params.get("measure"), input_measure),
            "input_measures": [],
            "numerator": optional(params.get("numerator"), input_metric),
            "denominator": optional(params.get("denominator"), input_metric),
            "expr": text(params, "expr"),
            "window": window(params.get("window")),
            "grain_to_date": or_null(params, "grain_to_date"),
            "metrics": listed(params.get("metrics"), input_metric),
            "conversion_type_params": conversion(params.get("conversion_type_params")),
        },
        "filter": filter(value.get("filter")),
        "metadata": null,
    })
}

fn with_keys(item: &Value, keys: &[&str]) -> Map<String, Value> {
    let empty = Map::new();
    let map = item.as_object().unwrap_or(&empty);
    keys.iter().map(|key| ((*key).to_owned(), or_null(map, key))).collect()
}

fn measure(item: &Value) -> Value {
    let keys = [
        "name",
        "agg",
        "description",
        "label",
        "create_metric",
        "expr",
        "agg_params",
        "non_additive_dimension",
        "agg_time_dimension",
    ];
    let mut whole = with_keys(item, &keys);
    whole.insert("create_metric".to_owned(), false.into());
    if let Some(expr) = whole.get_mut("expr").filter(|expr| !expr.is_null()) {
        *expr = python::text(expr).into();
    }
    Value::Object(whole)
}

fn dimension(item: &Value) -> Value {
    let keys = ["name", "type", "description", "label", "is_partition", "type_params", "expr", "metadata"];
    let mut whole = with_keys(item, &keys);
    if let Some(partition @ Value::Null) = whole.get_mut("is_partition") {
        *partition = false.into();
    }
    if let Some(Value::Object(params)) = whole.get_mut("type_params") {
        params.entry("validity_params").or_insert(Value::Null);
    }
    Value::Object(whole)
}

pub(super) fn semantic_model_details(value: &Map<String, Value>) -> Value {
    json!({
        "model": or_null(value, "model"),
        "node_relation": null,
        "label": or_null(value, "label"),
        "defaults": or_null(value, "defaults"),
        "entities": listed(value.get("entities"), |item| {
            Value::Object(with_keys(item, &["name", "type", "description", "label", "role", "expr"]))
        }),
        "measures": listed(value.get("measures"), measure),
        "dimensions": listed(value.get("dimensions"), dimension),
        "metadata": null,
        "primary_entity": or_null(value, "primary_entity"),
    })
}

pub(super) fn saved_query_details(value: &Map<String, Value>) -> Value {
    let empty = Map::new();
    let params = value.get("query_params").and_then(Value::as_object).unwrap_or(&empty);
    let config = value.get("config").and_then(Value::as_object).unwrap_or(&empty);
    let export = |item: &Value| {
        let mut own = config.clone();
        own.extend(item.get("config").and_then(Value::as_object).cloned().unwrap_or_default());
        let schema = given(&own, "schema_name").or_else(|| given(&own, "schema")).cloned();
        json!({
            "name": item.get("name"),
            "config": {"export_as": or_null(&own, "export_as"), "schema_name": schema, "alias": or_null(&own, "alias")},
        })
    };
    json!({
        "query_params": {
            "metrics": params.get("metrics").cloned().unwrap_or(json!([])),
            "group_by": params.get("group_by").cloned().unwrap_or(json!([])),
            "where": filter(params.get("where")),
        },
        "exports": listed(value.get("exports"), export),
        "label": or_null(value, "label"),
        "metadata": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_and_filters_have_their_shapes() {
        assert_eq!(window(Some(&json!("28 days"))), json!({"count": 28, "granularity": "day"}));
        assert_eq!(window(Some(&json!("soon"))), Value::Null);
        assert_eq!(filter(Some(&json!("a = 1"))), json!({"where_filters": [{"where_sql_template": "a = 1"}]}));
        assert_eq!(filter(Some(&json!(["a", "b"])))["where_filters"][1], json!({"where_sql_template": "b"}));
    }

    #[test]
    fn a_metric_may_name_its_measure_or_describe_it() {
        let details = |measure: Value| {
            let value = json!({"type": "simple", "type_params": {"measure": measure, "expr": 1}});
            metric_details(value.as_object().unwrap())["type_params"].clone()
        };
        assert_eq!(details(json!("revenue"))["measure"]["name"], "revenue");
        assert_eq!(details(json!({"name": "revenue", "fill_nulls_with": 0}))["measure"]["fill_nulls_with"], 0);
        assert_eq!(details(json!("revenue"))["expr"], "1");
    }

    #[test]
    fn an_export_takes_what_its_query_says() {
        let value = json!({"config": {"schema": "s", "export_as": "view"}, "exports": [{"name": "e", "config": {"export_as": "table"}}]});
        let details = saved_query_details(value.as_object().unwrap());
        assert_eq!(
            details["exports"],
            json!([{"name": "e", "config": {"export_as": "table", "schema_name": "s", "alias": null}}])
        );
    }
}
