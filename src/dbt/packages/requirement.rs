//! One entry of `packages.yml`, `dependencies.yml`, `package-lock.yml` or of the hub: which package is
//! wanted, and by whom. The shape is dbt's (`contracts/project.py`); nothing is looked up here.

use serde_json::{Map, Value, json};

use crate::dbt::python;
use crate::problem::{Place, nearest};

/// A package as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Package {
    /// `package:` of the hub, `namespace/name`.
    Hub { name: String, versions: Vec<String>, install_prerelease: bool },
    /// `git:` at a branch, tag or commit; the default branch where none is named.
    Git {
        address: String,
        /// The address before its template was rendered: what may be written down.
        written: String,
        revision: Option<String>,
        warn_unpinned: bool,
        subdirectory: Option<String>,
    },
    /// `local:`, from the root project's folder.
    Local { path: String },
    /// `tarball:` with the name that it is installed under.
    Tarball { address: String, written: String, name: String },
}

/// A package and who asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    pub package: Package,
    /// `packages.yml`, or the package whose file it stands in.
    pub wanted_by: String,
    /// Where it stands, in a file of the root project.
    pub place: Option<Place>,
    /// The entry as dbt hashes it.
    pub(super) hashed: Value,
}

/// Why an entry is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Objection {
    /// dbt's words.
    pub(super) sentence: String,
    /// What to look at, where that can be said.
    pub(super) cause: Option<String>,
}

/// The kinds of entries and their keys, the needed ones first.
const KINDS: [(&str, &[&str]); 4] = [
    ("local", &["local"]),
    ("tarball", &["tarball", "name"]),
    ("git", &["git", "revision", "warn-unpinned", "subdirectory"]),
    ("package", &["package", "version", "install_prerelease"]),
];

impl Requirement {
    /// Reads one entry. `unrendered` is the same with its templates, where there were some to render.
    pub(super) fn read(entry: &Value, unrendered: Option<&Value>, wanted_by: &str) -> Result<Self, Objection> {
        let (package, mut hashed) = read_package(entry, unrendered)?;
        hashed.insert("unrendered".to_owned(), unrendered.cloned().unwrap_or_else(|| json!({})));
        Ok(Self { package, wanted_by: wanted_by.to_owned(), place: None, hashed: Value::Object(hashed) })
    }

    /// `packages.yml wants dbt-labs/dbt_utils >=1.0.0, <2.0.0`.
    pub(super) fn in_words(&self) -> String {
        format!("{} wants {}", self.wanted_by, self.package.in_words())
    }
}

impl Package {
    /// What it is known by: hub name, address or path.
    pub fn name(&self) -> String {
        match self {
            Self::Hub { name, .. } => name.clone(),
            Self::Git { written, subdirectory, .. } => match subdirectory {
                Some(folder) => format!("{written}/{folder}"),
                None => written.clone(),
            },
            Self::Local { path } => path.clone(),
            Self::Tarball { written, .. } => written.clone(),
        }
    }

    /// `dbt-labs/dbt_utils 1.1.1`, `https://… v1`: one line for a person.
    pub fn in_words(&self) -> String {
        let version = match self {
            Self::Hub { versions, .. } => versions.join(", "),
            Self::Git { revision, .. } => revision.clone().unwrap_or_default(),
            Self::Local { path } => return format!("local {path}"),
            Self::Tarball { .. } => String::new(),
        };
        format!("{} {version}", self.name()).trim_end().to_owned()
    }
}

fn read_package(entry: &Value, unrendered: Option<&Value>) -> Result<(Package, Map<String, Value>), Objection> {
    let Some(map) = entry.as_object() else { return Err(no_kind(entry, None)) };
    if let Some(name) = map.get("package").filter(|name| python::is_true(name)) {
        check_hub(&python::text(name), map)?;
    }
    let kind = KINDS.iter().find(|(kind, keys)| {
        map.contains_key(*kind) && map.keys().all(|key| keys.contains(&key.as_str()) || key == "unrendered")
    });
    let Some((kind, _)) = kind else { return Err(no_kind(entry, Some(map))) };
    let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
    let written = |key: &str| {
        let before = unrendered.and_then(|unrendered| unrendered.get(key)).and_then(Value::as_str);
        before.map(str::to_owned).filter(|before| !before.is_empty()).or_else(|| text(key)).unwrap_or_default()
    };
    let read = match *kind {
        "local" => text("local").map(|path| Package::Local { path }),
        "tarball" => match (text("tarball"), text("name")) {
            (Some(address), Some(name)) => Some(Package::Tarball { address, written: written("tarball"), name }),
            _ => None,
        },
        "git" => read_git(map, written("git")),
        _ => read_hub(map),
    };
    read.map(|package| (package, hashed(kind, map))).ok_or_else(|| no_kind(entry, None))
}

fn read_git(map: &Map<String, Value>, written: String) -> Option<Package> {
    let revision = optional(map, "revision", version).ok()?;
    let warn_unpinned = optional(map, "warn-unpinned", Value::as_bool).ok()?;
    let subdirectory = optional(map, "subdirectory", |value| value.as_str().map(str::to_owned)).ok()?;
    let address = map.get("git")?.as_str()?.to_owned();
    let subdirectory = subdirectory.filter(|folder| !folder.is_empty());
    Some(Package::Git { address, written, revision, warn_unpinned: warn_unpinned != Some(false), subdirectory })
}

fn read_hub(map: &Map<String, Value>) -> Option<Package> {
    let versions = match map.get("version")? {
        Value::Array(items) => items.iter().map(version).collect::<Option<_>>()?,
        value => vec![version(value)?],
    };
    let install_prerelease = optional(map, "install_prerelease", Value::as_bool).ok()?;
    let name = map.get("package")?.as_str()?.to_owned();
    Some(Package::Hub { name, versions, install_prerelease: install_prerelease == Some(true) })
}

/// A value of a type that its key does not have.
struct WrongType;

/// A key that may be missing or null.
fn optional<T>(
    map: &Map<String, Value>,
    key: &str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<Option<T>, WrongType> {
    match map.get(key).filter(|value| !value.is_null()) {
        Some(value) => read(value).map(Some).ok_or(WrongType),
        None => Ok(None),
    }
}

/// A version or revision: a text, or a number that stands for one.
fn version(value: &Value) -> Option<String> {
    matches!(value, Value::String(_) | Value::Number(_)).then(|| python::text(value))
}

/// What dbt asks of a hub package before it looks at the shape.
fn check_hub(name: &str, map: &Map<String, Value>) -> Result<(), Objection> {
    let sentence = if !map.get("version").is_some_and(python::is_true) {
        format!(
            "{name} is missing the version. When installing from the Hub package index, version is a required property"
        )
    } else if !name.contains('/') {
        format!(
            "{name} was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils"
        )
    } else {
        return Ok(());
    };
    Err(Objection { sentence, cause: None })
}

fn no_kind(entry: &Value, map: Option<&Map<String, Value>>) -> Objection {
    let sentence = format!("{} is not valid under any of the given schemas", python::repr(entry));
    Objection { sentence, cause: map.and_then(strange_key) }
}

/// The key that keeps an entry from being of its kind, and what it may be called instead.
fn strange_key(map: &Map<String, Value>) -> Option<String> {
    let Some((kind, keys)) = KINDS.iter().find(|(kind, _)| map.contains_key(*kind)) else {
        return Some("An entry needs one of the keys package, git, local and tarball".to_owned());
    };
    let strange = map.keys().find(|key| !keys.contains(&key.as_str()))?;
    let meant = nearest(strange, keys.iter().copied());
    let meant = meant.map_or_else(|| format!("it may have {}", keys.join(", ")), |key| format!("{key} is meant"));
    Some(format!("An entry with {kind}: has no key {strange}; {meant}"))
}

/// The entry with dbt's defaults: what its hash is made of.
fn hashed(kind: &str, map: &Map<String, Value>) -> Map<String, Value> {
    let value = |key: &str, default: Value| (key.to_owned(), map.get(key).cloned().unwrap_or(default));
    let entries = match kind {
        "local" => vec![value("local", Value::Null)],
        "tarball" => vec![value("tarball", Value::Null), value("name", Value::Null)],
        "git" => ["git", "revision", "warn-unpinned", "subdirectory"].map(|key| value(key, Value::Null)).to_vec(),
        _ => {
            let hub = ["package", "version"].map(|key| value(key, Value::Null)).to_vec();
            [hub, vec![value("install_prerelease", Value::Bool(false))]].concat()
        }
    };
    entries.into_iter().collect()
}
