//! What a package hub answers: `api/v1/index.json` and `api/v1/NAMESPACE/NAME.json`, read as dbt reads
//! them (`clients/registry.py`). The answers come from elsewhere: their shape is checked, their size
//! bounded.

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// Most versions of one package, and most packages of a hub, that are looked at.
const MOST_VERSIONS: usize = 5_000;
const MOST_PACKAGES: usize = 100_000;

/// A package of the hub with all its versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HubPackage {
    /// By version, as the hub writes it, in its order.
    pub versions: IndexMap<String, HubVersion>,
    /// The name that the package has now, where the hub says that it was renamed.
    pub moved_to: Option<String>,
}

/// One version of a package of the hub.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HubVersion {
    /// The project's name, which is the folder that it is installed in.
    pub name: String,
    /// Entries as in `packages.yml`.
    pub packages: Vec<Value>,
    /// Every one of them must hold.
    pub require_dbt_version: Vec<String>,
    /// Where its archive is.
    pub tarball: String,
    /// SHA-1 of the archive in hexadecimal digits, where the hub tells it.
    pub sha1: Option<String>,
}

/// The names of all packages of a hub.
pub fn read_index(bytes: &[u8]) -> Result<Vec<String>, String> {
    let index: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let Value::Array(names) = index else { return Err("the index of packages is no list".to_owned()) };
    let names = names.into_iter().take(MOST_PACKAGES);
    Ok(names.filter_map(|name| name.as_str().map(str::to_owned)).collect())
}

impl HubPackage {
    /// Reads the hub's answer about one package; an error says what is missing in it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let answer: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let Value::Object(answer) = answer else { return Err("the answer is no mapping".to_owned()) };
        for key in ["name", "versions"] {
            if !answer.contains_key(key) {
                return Err(format!("the answer has no key {key:?}"));
            }
        }
        let Some(versions) = answer.get("versions").and_then(Value::as_object) else {
            return Err("the versions are no mapping".to_owned());
        };
        let versions = versions.iter().take(MOST_VERSIONS);
        let versions =
            versions.filter_map(|(text, version)| Some((text.clone(), HubVersion::read(version.as_object()?)?)));
        Ok(Self { versions: versions.collect(), moved_to: moved_to(&answer) })
    }
}

impl HubVersion {
    /// None for a version that has no archive: it cannot be installed.
    fn read(version: &Map<String, Value>) -> Option<Self> {
        let downloads = version.get("downloads")?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let required = match version.get("require_dbt_version") {
            Some(Value::String(one)) if !one.is_empty() => vec![one.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        Some(Self {
            name: text(version.get("name"))?,
            packages: version.get("packages").and_then(Value::as_array).cloned().unwrap_or_default(),
            require_dbt_version: required,
            tarball: text(downloads.get("tarball"))?,
            sha1: text(downloads.get("sha1")).filter(|sum| sum.len() == 40).map(|sum| sum.to_lowercase()),
        })
    }
}

/// `redirectnamespace` and `redirectname`, each alone or both.
fn moved_to(answer: &Map<String, Value>) -> Option<String> {
    let text = |key: &str| answer.get(key).and_then(Value::as_str);
    if text("redirectnamespace").is_none() && text("redirectname").is_none() {
        return None;
    }
    let namespace = text("redirectnamespace").or_else(|| text("namespace"))?;
    let name = text("redirectname").or_else(|| text("name"))?;
    Some(format!("{namespace}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<HubPackage, String> {
        HubPackage::read(text.as_bytes())
    }

    #[test]
    fn a_version_is_read_with_what_is_needed_of_it() {
        let package = read(
            r#"{"name": "utils", "versions": {"1.0.0": {"name": "utils", "packages": [{"package": "a/b"}],
            "require_dbt_version": [">=1.3.0", "<2.0.0"], "downloads": {"tarball": "https://x/t", "sha1": "AB"}}}}"#,
        );
        let version = package.unwrap().versions["1.0.0"].clone();
        assert_eq!(
            (version.name.as_str(), version.tarball.as_str(), version.packages.len()),
            ("utils", "https://x/t", 1)
        );
        assert_eq!(version.require_dbt_version, [">=1.3.0", "<2.0.0"]);
        assert_eq!(version.sha1, None, "a sum of the wrong length is none");
    }

    #[test]
    fn a_single_requirement_may_stand_without_a_list() {
        let text = r#"{"name": "u", "versions": {"1.0.0": {"name": "u", "require_dbt_version": ">=1.0.0", "downloads": {"tarball": "t"}}}}"#;
        assert_eq!(read(text).unwrap().versions["1.0.0"].require_dbt_version, [">=1.0.0"]);
    }

    #[test]
    fn a_version_without_an_archive_is_not_offered() {
        let text = r#"{"name": "u", "versions": {"1.0.0": {"name": "u", "downloads": {}}, "1.0.1": 7}}"#;
        assert!(read(text).unwrap().versions.is_empty());
    }

    #[test]
    fn a_renamed_package_says_its_new_name() {
        let moved = |more: &str| {
            read(&format!(r#"{{"name": "u", "namespace": "a", "versions": {{}}, {more}}}"#)).unwrap().moved_to
        };
        assert_eq!(moved(r#""redirectnamespace": "b", "redirectname": null"#).as_deref(), Some("b/u"));
        assert_eq!(moved(r#""redirectname": "v""#).as_deref(), Some("a/v"));
        assert_eq!(moved(r#""redirectnamespace": null, "redirectname": null"#), None);
    }

    #[test]
    fn answers_of_another_shape_are_refused_with_a_reason() {
        for (text, reason) in [
            ("[]", "the answer is no mapping"),
            (r#"{"versions": {}}"#, "the answer has no key \"name\""),
            (r#"{"name": "a"}"#, "the answer has no key \"versions\""),
            (r#"{"name": "a", "versions": []}"#, "the versions are no mapping"),
        ] {
            assert_eq!(read(text).unwrap_err(), reason);
        }
        assert!(read("<html>").is_err());
        assert!(read_index(b"{}").is_err());
        assert_eq!(read_index(br#"["a/b", 7, "c/d"]"#).unwrap(), ["a/b", "c/d"]);
    }
}
