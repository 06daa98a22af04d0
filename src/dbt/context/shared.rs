//! What every template of a load can ask for, read-only and shared by all threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::Uses;
use crate::dbt::macros::Macros;
use crate::dbt::node::Node;
use crate::dbt::options::{Adapter, EnvAccess, LoadOptions};
use crate::dbt::project::ProjectFile;
use crate::dbt::relation::adapter_type;
use crate::jinja::{Error, Limits};

/// The part of [`LoadOptions`] that templates see.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) adapter: Adapter,
    pub(crate) database: String,
    pub(crate) schema: String,
    pub(crate) name: String,
    /// What a profile says of the connection, without its secrets.
    pub(crate) connection: IndexMap<String, Value>,
    pub(crate) vars: IndexMap<String, Value>,
    pub(crate) env: EnvAccess,
    pub(crate) dbt_version: String,
    pub(crate) run_started_at: jiff::Timestamp,
    pub(crate) invocation_id: String,
}

impl Target {
    pub(crate) fn new(options: &LoadOptions<'_>) -> Self {
        Self {
            adapter: options.adapter,
            database: options.database.clone(),
            schema: options.schema.clone(),
            name: options.target_name.clone(),
            connection: options.connection.clone(),
            vars: options.vars.clone(),
            env: options.env.clone(),
            dbt_version: options.dbt_version.clone(),
            run_started_at: options.run_started_at,
            invocation_id: options.invocation_id.clone(),
        }
    }

    /// While a target is still being looked for: variables and environment only.
    pub(crate) fn for_profiles(vars: &IndexMap<String, Value>, env: &EnvAccess) -> Self {
        Self {
            adapter: Adapter::Postgres,
            database: String::new(),
            schema: String::new(),
            name: String::new(),
            connection: IndexMap::new(),
            vars: vars.clone(),
            env: env.clone(),
            dbt_version: String::new(),
            run_started_at: jiff::Timestamp::default(),
            invocation_id: String::new(),
        }
    }

    /// An environment variable, where it may be seen.
    pub(crate) fn env_var(&self, name: &str) -> Option<&str> {
        let (EnvAccess::Only(known) | EnvAccess::Process(known)) = &self.env;
        known.get(name).map(String::as_str)
    }

    /// The `target` of templates: what a profile's target says, as far as it is known here.
    pub(crate) fn to_json(&self) -> Value {
        let mut target = Map::new();
        for key in ["name", "target_name", "profile_name"] {
            target.insert(key.to_owned(), Value::from(self.name.as_str()));
        }
        target.insert("type".to_owned(), Value::from(adapter_type(self.adapter)));
        target.insert("schema".to_owned(), Value::from(self.schema.as_str()));
        target.insert("database".to_owned(), Value::from(self.database.as_str()));
        target.insert("threads".to_owned(), Value::from(4));
        let more: &[(&str, &str)] = match self.adapter {
            Adapter::Postgres | Adapter::Redshift => &[("dbname", &self.database)],
            Adapter::BigQuery => &[("project", &self.database), ("dataset", &self.schema)],
            Adapter::Databricks | Adapter::Trino => &[("catalog", &self.database)],
            Adapter::Snowflake | Adapter::DuckDb | Adapter::Sqlite => &[],
        };
        target.extend(more.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))));
        target.extend(self.connection.clone());
        Value::Object(target)
    }
}

/// Everything that is known once projects and macros are read.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) target: Target,
    /// The root project first, by name.
    pub(crate) projects: IndexMap<String, ProjectFile>,
    pub(crate) macros: Macros,
    /// How many templates have reached a limit so far: the more, the less the others may cost.
    pub(super) exhausted: AtomicUsize,
    /// Bytes kept that the files themselves do not account for.
    kept: AtomicUsize,
    /// What was looked at on behalf of every node.
    everybodys: Mutex<Uses>,
}

/// So many templates may reach a limit before the others are held shorter: a repository of nothing but
/// endless loops must not take hours.
const PATIENCE: usize = 8;

/// What a template may cost once patience is at its end.
const CURBED_STEPS: u64 = 200_000;

/// Bytes that templates may make of nothing and leave in a project: configurations, descriptions, values of YAML.
const MOST_KEPT: usize = 128 << 20;

impl Shared {
    pub(crate) fn new(target: Target, projects: IndexMap<String, ProjectFile>, macros: Macros) -> Self {
        Self {
            target,
            projects,
            macros,
            exhausted: AtomicUsize::new(0),
            kept: AtomicUsize::new(0),
            everybodys: Mutex::default(),
        }
    }

    /// What the next template may cost.
    pub(crate) fn limits(&self) -> Limits {
        let is_curbed = self.exhausted.load(Ordering::Relaxed) > PATIENCE;
        let steps = if is_curbed { CURBED_STEPS } else { Limits::default().steps };
        Limits { steps, ..Limits::default() }
    }

    /// Counts what a template made of so many bytes of a file, and leaves in the project.
    pub(crate) fn keep(&self, source: usize, made: usize) -> Result<(), Error> {
        /// What a file of a few bytes may well become.
        const ALLOWANCE: usize = 4096;
        let excess = made.saturating_sub(source.saturating_mul(16).saturating_add(ALLOWANCE));
        if excess > 0 && self.kept.fetch_add(excess, Ordering::Relaxed).saturating_add(excess) > MOST_KEPT {
            return Err(Error::limit(format!("the project's templates leave more than {MOST_KEPT} bytes")));
        }
        Ok(())
    }

    /// Adds to what was looked at on behalf of every node.
    pub(crate) fn tell_everybodys(&self, uses: Uses) {
        self.everybodys.lock().unwrap_or_else(PoisonError::into_inner).extend(uses);
    }

    /// What was looked at on behalf of every node: a change there changes all.
    pub(crate) fn everybodys(&self) -> Uses {
        self.everybodys.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn root(&self) -> Option<&ProjectFile> {
        self.projects.first().map(|(_, project)| project)
    }

    pub(crate) fn root_name(&self) -> &str {
        self.projects.first().map_or("", |(name, _)| name.as_str())
    }

    /// Whether dbt's own packages are meant.
    pub(crate) fn project(&self, package: &str) -> Option<&ProjectFile> {
        self.projects.get(package)
    }

    /// Whether the node's package or the root has a macro in the place of `ref`, `source` or `config`.
    pub(crate) fn overrides_builtins(&self, node: &Node) -> bool {
        let packages = [node.package_name.as_str(), self.root_name()];
        packages.iter().any(|package| ["ref", "source", "config"].iter().any(|name| self.macros.has(package, name)))
    }

    /// The variables that a node of `package` sees.
    pub(crate) fn vars(&self, package: &str) -> IndexMap<String, Value> {
        let mut vars = IndexMap::new();
        if package != self.root_name()
            && let Some(own) = self.project(package)
        {
            vars.extend(project_vars(own, package));
        }
        if let Some(root) = self.root() {
            vars.extend(project_vars(root, package));
        }
        vars.extend(self.target.vars.clone());
        vars
    }

    /// One variable of those.
    pub(crate) fn var(&self, package: &str, name: &str) -> Option<Value> {
        let of_project = |project: &ProjectFile| {
            let own = project.vars.get(package).and_then(|vars| vars.get(name));
            own.or_else(|| project.vars.get(name)).cloned()
        };
        let root = self.root();
        let own = || (package != self.root_name()).then(|| self.project(package)).flatten();
        self.target.vars.get(name).cloned().or_else(|| root.and_then(of_project)).or_else(|| own().and_then(of_project))
    }
}

/// A project's own variables for nodes of `package`: those under its name over those at the top.
fn project_vars(project: &ProjectFile, package: &str) -> Vec<(String, Value)> {
    let top = project.vars.iter().map(|(key, value)| (key.clone(), value.clone()));
    let own = project.vars.get(package).and_then(Value::as_object).cloned().unwrap_or_default();
    top.chain(own).collect()
}
