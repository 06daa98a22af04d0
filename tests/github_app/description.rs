//! GitHub's published description (OpenAPI) as a judge of what we ask and of what the double answers. Its
//! file is GitHub's: the variable `EBB_GITHUB_DESCRIPTION` says where it lies.

use serde_json::Value;

use crate::double::Exchange;

/// The description, or a loud word that the test is skipped.
pub(crate) fn description(test: &str) -> Option<Value> {
    let Some(path) = std::env::var_os("EBB_GITHUB_DESCRIPTION") else {
        eprintln!("SKIPPED {test}: EBB_GITHUB_DESCRIPTION names no file with GitHub's OpenAPI description");
        return None;
    };
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// What in an exchange is not as described.
pub(crate) fn complaints(description: &Value, exchange: &Exchange) -> Vec<String> {
    let method = exchange.method.to_lowercase();
    let Some((template, operation)) = operation(description, &method, &exchange.path) else {
        return vec![format!("{method} {} is not described", exchange.path)];
    };
    let mut found = Vec::new();
    let asked = operation.pointer("/requestBody/content/application~1json/schema");
    if let Some(schema) = asked.filter(|_| !exchange.asked.is_null()) {
        check(description, schema, &exchange.asked, "request", &mut found);
    }
    match operation.pointer(&format!("/responses/{}", exchange.status)) {
        None => found.push(format!("{template}: no answer {} is described", exchange.status)),
        Some(answer) => {
            let content = resolved(description, answer).pointer("/content/application~1json/schema");
            if let Some(schema) = content {
                check(description, schema, &exchange.answered, "answer", &mut found);
            }
        }
    }
    found
}

fn operation<'a>(description: &'a Value, method: &str, path: &str) -> Option<(&'a str, &'a Value)> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == parts.len()
            && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
    };
    let paths = description["paths"].as_object()?;
    let (template, found) = paths.iter().find(|(template, _)| fits(template))?;
    Some((template, found.get(method)?))
}

fn resolved<'a>(description: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => description.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// A value against a schema, as far as GitHub's description uses schemas.
fn check(description: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let schema = resolved(description, schema);
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    let passes = |schema: &Value| {
        let mut complaints = Vec::new();
        check(description, schema, value, place, &mut complaints);
        complaints.is_empty()
    };
    for all in schema["allOf"].as_array().into_iter().flatten() {
        check(description, all, value, place, found);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[key].as_array()
            && !choices.iter().any(passes)
        {
            found.push(format!("{place}: fits none of {key}"));
        }
    }
    let is_of_type = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    let is_listed = schema["enum"].as_array().is_none_or(|words| words.contains(value));
    if !is_of_type || !is_listed {
        found.push(format!("{place}: {value} is not {}", if is_listed { &schema["type"] } else { &schema["enum"] }));
        return;
    }
    if let (Some("date-time"), Some(text)) = (schema["format"].as_str(), value.as_str())
        && text.parse::<jiff::Timestamp>().is_err()
    {
        found.push(format!("{place}: {text} is no time"));
    }
    let Some(object) = value.as_object() else {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            check(description, &schema["items"], item, &format!("{place}/{index}"), found);
        }
        return;
    };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    found.extend(required.filter(|name| !object.contains_key(*name)).map(|name| format!("{place}: {name} is missing")));
    for (name, inner) in object {
        if let Some(schema) = schema["properties"].get(name) {
            check(description, schema, inner, &format!("{place}/{name}"), found);
        }
    }
}

#[test]
fn what_is_not_as_described_is_found() {
    let schema = serde_json::json!({
        "type": "object", "required": ["id"],
        "properties": { "id": { "type": "integer" }, "at": { "type": "string", "format": "date-time" },
            "level": { "type": "string", "enum": ["read", "write"] }, "name": { "type": "string", "nullable": true } },
    });
    for (value, complaints) in [
        (serde_json::json!({ "id": 1, "at": "2026-01-05T09:00:00Z", "level": "read", "name": null }), 0),
        (serde_json::json!({}), 1),
        (serde_json::json!({ "id": "1", "at": "noon", "level": "admin" }), 3),
        (serde_json::json!([]), 1),
    ] {
        let mut found = Vec::new();
        check(&Value::Null, &schema, &value, "answer", &mut found);
        assert_eq!(found.len(), complaints, "{value}: {found:?}");
    }
}
