//! What a load's outcome depends on besides files: settings, variables, the environment, the time. Values are
//! kept as digests: some are nobody's business.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;

use serde_json::Value;

use super::bytes::keep_struct;
use super::files::content_hash;
use crate::dbt::context::{Look, Mark, Uses};
use crate::dbt::options::{EnvAccess, LoadOptions};
use crate::dbt::project::ProjectFile;

/// What an outcome is based on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Basis {
    /// Which build of this program made it.
    program: String,
    /// Of the options that everything depends on.
    options: u128,
    /// Of the time at which the run started, and of its id.
    moment: u128,
    /// `--vars`, by name.
    vars: Vec<(String, u128)>,
    /// Every environment variable that was asked for; none where it was not set.
    env: Vec<(String, Option<u128>)>,
    /// Each project's settings without its variables, by name.
    projects: Vec<(String, u128)>,
    /// Each project's variables, by project.
    project_vars: Vec<(String, Vec<(String, u128)>)>,
    /// What the settings looked at, and what the macros that name nodes did: a change there changes all.
    pub(crate) everybodys: Uses,
    /// So many of the problems come from reading settings, macros and docs blocks.
    pub(crate) setup_problems: usize,
    /// Whether a part of the outcome may be made anew.
    pub(crate) in_parts: bool,
}

keep_struct!(Basis {
    program,
    options,
    moment,
    vars,
    env,
    projects,
    project_vars,
    everybodys,
    setup_problems,
    in_parts
});

/// What differs between two loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// What looked at one of these is to be done again; nothing else is.
    Looks(HashSet<Mark>),
    Everything,
}

/// A value's digest, by its debug form: equal values have equal ones.
pub(crate) fn digest(value: &impl Debug) -> u128 {
    content_hash(format!("{value:?}").as_bytes())
}

impl Basis {
    pub(crate) fn new(program: &str, options: &LoadOptions<'_>, everybodys: Uses, env: BTreeSet<String>) -> Self {
        let mut names = env;
        names.extend(everybodys.env.iter().cloned());
        let valued = |name: String| {
            let value = env_digest(options, &name);
            (name, value)
        };
        let env = names.into_iter().map(valued).collect();
        Self {
            program: program.to_owned(),
            options: options_digest(options),
            moment: moment_digest(options),
            vars: var_digests(&options.vars),
            env,
            everybodys,
            ..Self::default()
        }
    }

    /// Adds what the projects say.
    #[must_use]
    pub(crate) fn of_projects<'p>(mut self, projects: impl Iterator<Item = &'p ProjectFile>) -> Self {
        for project in projects {
            self.projects.push((project.name.clone(), settings_digest(project)));
            self.project_vars.push((project.name.clone(), var_digests(&project.vars)));
        }
        self
    }

    /// Whether an outcome of this basis can be of any use.
    pub(crate) fn fits(&self, program: &str, options: &LoadOptions<'_>) -> bool {
        self.program == program && self.options == options_digest(options)
    }

    /// What has changed since, files aside.
    pub(crate) fn change(&self, options: &LoadOptions<'_>) -> Change {
        let mut marks = HashSet::new();
        if self.moment != moment_digest(options) {
            marks.insert(Look::Now.mark());
        }
        changed_vars(&self.vars, &var_digests(&options.vars), &mut marks);
        for (name, value) in &self.env {
            if *value != env_digest(options, name) {
                marks.insert(Look::Env(name).mark());
            }
        }
        self.settled(marks)
    }

    /// What has changed in the projects' own settings.
    pub(crate) fn change_of_projects<'p>(&self, projects: impl Iterator<Item = &'p ProjectFile>) -> Change {
        let now = Self::default().of_projects(projects);
        if now.projects != self.projects || now.project_vars.len() != self.project_vars.len() {
            return Change::Everything;
        }
        let mut marks = HashSet::new();
        for ((_, old), (_, new)) in self.project_vars.iter().zip(&now.project_vars) {
            changed_vars(old, new, &mut marks);
        }
        self.settled(marks)
    }

    /// Everything, once one of the looks was everybody's.
    pub(crate) fn settled(&self, marks: HashSet<Mark>) -> Change {
        if self.everybodys.marks.iter().any(|mark| marks.contains(mark)) {
            Change::Everything
        } else {
            Change::Looks(marks)
        }
    }
}

/// What all templates can see; the variables, the environment and the time are seen by those who ask.
fn options_digest(options: &LoadOptions<'_>) -> u128 {
    let LoadOptions { project_path, database, schema, target_name, adapter, connection, dbt_version, .. } = options;
    digest(&(project_path, database, schema, target_name, adapter, connection, dbt_version))
}

fn moment_digest(options: &LoadOptions<'_>) -> u128 {
    digest(&(options.run_started_at, &options.invocation_id))
}

fn env_digest(options: &LoadOptions<'_>, name: &str) -> Option<u128> {
    let (EnvAccess::Only(env) | EnvAccess::Process(env)) = &options.env;
    env.get(name).map(digest)
}

/// The variables of a mapping; those below the name of a package stand for themselves too.
fn var_digests<'v>(vars: impl IntoIterator<Item = (&'v String, &'v Value)>) -> Vec<(String, u128)> {
    let mut digests = Vec::new();
    for (name, value) in vars {
        digests.push((name.clone(), digest(value)));
        if let Value::Object(below) = value {
            digests.extend(below.iter().map(|(name, value)| (name.clone(), digest(value))));
        }
    }
    digests.sort();
    digests
}

fn changed_vars(old: &[(String, u128)], new: &[(String, u128)], marks: &mut HashSet<Mark>) {
    let (before, after): (BTreeSet<_>, BTreeSet<_>) = (old.iter().collect(), new.iter().collect());
    let changed: BTreeSet<&String> = before.symmetric_difference(&after).map(|(name, _)| name).collect();
    if !changed.is_empty() {
        marks.insert(Look::AllVars.mark());
        marks.extend(changed.into_iter().map(|name| Look::Var(name).mark()));
    }
}

/// All that a project says but its variables: they are seen by those who ask.
fn settings_digest(project: &ProjectFile) -> u128 {
    let mut settings = project.clone();
    settings.vars.clear();
    digest(&settings)
}
