//! Which of a model's versions are the latest, older, or yet to come.

use serde_json::Value;

use super::spec::SelectError;
use crate::dbt::node::Node;
use crate::dbt::python;

/// Whether a model's version is of the kind that `version:` asks for.
pub(super) fn matches(node: &Node, wanted: &str) -> Result<bool, SelectError> {
    let (version, latest) = (given(node.version.as_ref()), given(node.latest_version.as_ref()));
    Ok(match wanted {
        "latest" => version.is_some() && same(version, latest),
        "prerelease" => compared(version, latest, |version, latest| {
            !is_older(version, latest) && !same(Some(version), Some(latest))
        }),
        "old" => compared(version, latest, is_older),
        "none" => version.is_none(),
        _ => {
            return Err(SelectError::Value(format!(
                "Invalid version type selector {wanted}: expected one of: \"latest\", \"prerelease\", \"old\", or \"none\""
            )));
        }
    })
}

fn given(version: Option<&Value>) -> Option<&Value> {
    version.filter(|version| !version.is_null())
}

/// Equal as Python has it: `1` and `1.0` are.
fn same(version: Option<&Value>, latest: Option<&Value>) -> bool {
    match (version.and_then(Value::as_f64), latest.and_then(Value::as_f64)) {
        (Some(version), Some(latest)) => version.total_cmp(&latest).is_eq(),
        _ => version == latest,
    }
}

fn compared(version: Option<&Value>, latest: Option<&Value>, holds: fn(&Value, &Value) -> bool) -> bool {
    let is_true = |version: &&Value| python::is_true(version);
    match (version.filter(is_true), latest.filter(is_true)) {
        (Some(version), Some(latest)) => holds(version, latest),
        _ => false,
    }
}

/// By number where both are numbers, else by their texts.
fn is_older(version: &Value, latest: &Value) -> bool {
    let number = |version: &Value| python::text(version).trim().parse::<f64>().ok();
    match (number(version), number(latest)) {
        (Some(version), Some(latest)) => version < latest,
        _ => python::text(version) < python::text(latest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::node::NodeKind;
    use serde_json::json;

    #[test]
    fn kinds_of_versions() {
        let table = [
            (json!(2), json!(2), "latest"),
            (json!(2.0), json!(2), "latest"),
            (json!(1), json!(2), "old"),
            (json!("10"), json!("9"), "prerelease"),
            (json!("beta"), json!("alpha"), "prerelease"),
            (json!(null), json!(null), "none"),
        ];
        for (version, latest, expected) in table {
            let node =
                Node { version: Some(version.clone()), latest_version: Some(latest), ..Node::new(NodeKind::Model) };
            for wanted in ["latest", "old", "prerelease", "none"] {
                assert_eq!(matches(&node, wanted), Ok(wanted == expected), "{version} {wanted}");
            }
        }
        assert!(matches(&Node::new(NodeKind::Model), "newest").is_err());
    }
}
