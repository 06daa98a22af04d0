//! `profiles.yml`: which warehouse is meant, and the names that `target` has. Follows dbt Core 1.7
//! (`config/profile.py`). Finds no file and reads none: the text comes in.
//!
//! Passwords, keys and tokens are never read: only what dbt itself shows templates in `target` is
//! rendered and kept, and no problem quotes a line of the file.

mod connection;
#[cfg(test)]
mod tests;

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use serde_json::Value;

use connection::{Kind, connection};

use super::context::{Context, NativeContext, Phase, Shared, Target};
use super::macros::Macros;
use super::options::{Adapter, EnvAccess};
use super::problems::{codes, one_line};
use super::python;
use super::render::NativeRenderer;
use super::yaml::{self, Mark, Yaml, YamlValue};
use crate::jinja::{Interpreter, Limits};
use crate::problem::{Code, Fix, Place, Problem, Severity, Subject, nearest_few};

/// What a profile is chosen with.
#[derive(Clone, Debug)]
pub struct ProfileOptions<'a> {
    /// The file's path, for problems.
    pub path: &'a str,
    pub text: &'a str,
    /// The profile's name: as `--profile` says, else as `dbt_project.yml` does.
    pub profile: &'a str,
    /// As `--target` says; the profile's own choice where it is not given.
    pub target: Option<&'a str>,
    /// As `--vars` gives them.
    pub vars: &'a IndexMap<String, Value>,
    /// What `env_var` may see; secrets (`DBT_ENV_SECRET_…`) are allowed here.
    pub env: &'a EnvAccess,
}

/// One target of a profile, without its secrets.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub name: String,
    pub target_name: String,
    pub adapter: Adapter,
    pub database: String,
    pub schema: String,
    /// Everything that templates see in `target`, in dbt's order.
    pub target: IndexMap<String, Value>,
}

/// What a `dbt_project.yml` says for a key such as `profile`, rendered; none where it says nothing or
/// can't be read, which a load tells better.
pub fn setting_of_project(text: &str, key: &str, vars: &IndexMap<String, Value>, env: &EnvAccess) -> Option<String> {
    let document = yaml::parse(text).ok()?;
    let written = document.root.get(key)?.as_text()?;
    let rendered = rendering(vars, env, |renderer| renderer.render(written).ok())?;
    (!rendered.is_null()).then(|| python::text(&rendered))
}

/// Chooses and reads one target. The problem has dbt's words; its subject is a project without a name.
pub fn read_profile(options: &ProfileOptions<'_>) -> Result<Profile, Box<Problem>> {
    let document = yaml::parse(options.text).map_err(|error| {
        let sentence =
            format!("dbt encountered an error while trying to read your profiles.yml file: {}", error.sentence);
        let at = Mark { line: error.line, column: error.column };
        // No excerpt: the lines around it may hold a password.
        options.problem(codes::YAML_SYNTAX, at, &sentence)
    })?;
    if is_empty(&document.root) {
        let sentence = format!("The profiles.yml file at {} is empty", options.path);
        return Err(options.problem(codes::PROFILE_MISSING, Mark::default(), &sentence));
    }
    rendering(options.vars, options.env, |renderer| Reading { options, renderer }.read(&document.root))
}

/// One of the keys of the chosen target that dbt does not show, such as `password`, rendered. Whoever asks keeps it
/// from being printed. None where it is not there or can't be read, which [`read_profile`] tells better.
pub fn profile_secret(options: &ProfileOptions<'_>, key: &str) -> Option<String> {
    let document = yaml::parse(options.text).ok()?;
    rendering(options.vars, options.env, |renderer| {
        let reading = Reading { options, renderer };
        let profile = document.root.get(options.profile)?;
        let output = reading.output(profile, &reading.target_name(profile).ok()?).ok()?;
        let kind = Kind::of(&python::text(&reading.render(output.get("type")?).ok()?))?;
        let written = output.as_map()?.iter().find(|(written, _)| kind.own_name(written) == key)?;
        let value = reading.render(&written.1.value).ok()?;
        (!value.is_null()).then(|| python::text(&value))
    })
}

/// Runs `work` with a renderer that knows dbt's base context, the variables and the environment.
fn rendering<T>(vars: &IndexMap<String, Value>, env: &EnvAccess, work: impl FnOnce(&dyn NativeRenderer) -> T) -> T {
    let target = Target::for_profiles(vars, env);
    let shared = Arc::new(Shared::new(target, IndexMap::new(), Macros::empty(Adapter::Postgres)));
    let cancelled = AtomicBool::new(false);
    let mut interpreter = Interpreter::new(Limits::default(), &cancelled);
    work(&NativeContext::new(Context::of_package(&shared, Phase::Profiles, "", &Rc::default()), &mut interpreter))
}

struct Reading<'a> {
    options: &'a ProfileOptions<'a>,
    renderer: &'a dyn NativeRenderer,
}

impl Reading<'_> {
    fn read(&self, root: &Yaml) -> Result<Profile, Box<Problem>> {
        let name = self.options.profile;
        let Some(profile) = root.get(name) else { return Err(self.no_profile(root)) };
        if is_empty(profile) {
            let sentence = format!("Profile {name} in profiles.yml is empty");
            return Err(self.options.problem(codes::PROFILE_MISSING, profile.at, &sentence));
        }
        let target_name = self.target_name(profile)?;
        let output = self.output(profile, &target_name)?;
        let wrong = |at, sentence: &str| self.options.problem(codes::PROFILE_CREDS, at, sentence);
        let Some(kind) = output.get("type") else {
            let sentence = format!("required field \"type\" not found in profile {name} and target {target_name}");
            return Err(wrong(output.at, &sentence));
        };
        let type_name = python::text(&self.render(kind)?);
        let Some(kind) = Kind::of(&type_name) else {
            let sentence = format!("Could not find adapter type {type_name}!");
            return Err(self.options.problem(codes::ADAPTER_MISSING, kind.at, &sentence));
        };
        let given = self.given(output, kind)?;
        let connected = connection(kind, given).map_err(|objection| {
            let sentence = format!("Credentials in profile \"{name}\", target \"{target_name}\" invalid: {objection}");
            wrong(output.at, &sentence)
        })?;
        let threads = output.get("threads").map_or(Ok(Value::from(1)), |threads| self.render(threads))?;
        let mut target = connected.shown;
        for (key, value) in [
            ("type", Value::from(type_name)),
            ("threads", threads),
            ("name", Value::from(target_name.as_str())),
            ("target_name", Value::from(target_name.as_str())),
            ("profile_name", Value::from(name)),
        ] {
            target.insert(key.to_owned(), value);
        }
        let (database, schema) = (connected.database, connected.schema);
        Ok(Profile { name: name.to_owned(), target_name, adapter: kind.adapter, database, schema, target })
    }

    fn no_profile(&self, root: &Yaml) -> Box<Problem> {
        let name = self.options.profile;
        let problem = *self.options.problem(
            codes::PROFILE_MISSING,
            Mark::default(),
            &format!("Could not find profile named '{name}'"),
        );
        let names: Vec<&str> = root.as_map().into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
        let names: Vec<&str> = names.into_iter().filter(|name| *name != "config").collect();
        let near = nearest_few(name, names.iter().copied(), 1);
        let problem =
            problem.with_evidence("Profiles of that file", names.iter().map(|name| (*name).to_owned()).collect());
        Box::new(match near.first() {
            Some(near) => problem.with_fix(Fix::read(format!("Say --profile {near}, if that one is meant"))),
            None => problem,
        })
    }

    /// As asked for, else as the profile says, else dbt's `default`.
    fn target_name(&self, profile: &Yaml) -> Result<String, Box<Problem>> {
        match (self.options.target, profile.get("target")) {
            (Some(asked), _) => Ok(asked.to_owned()),
            (None, Some(written)) => Ok(python::text(&self.render(written)?)),
            (None, None) => Ok("default".to_owned()),
        }
    }

    fn output<'y>(&self, profile: &'y Yaml, target: &str) -> Result<&'y Yaml, Box<Problem>> {
        let name = self.options.profile;
        let wrong = |at, sentence: &str| self.options.problem(codes::PROFILE_TARGET, at, sentence);
        let outputs = profile.get("outputs");
        let Some(outputs) = outputs else {
            return Err(wrong(profile.at, &format!("outputs not specified in profile '{name}'")));
        };
        let names: Vec<&str> = outputs.as_map().into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
        let Some(output) = outputs.get(target) else {
            let listed: Vec<String> = names.iter().map(|name| format!(" - {name}")).collect();
            let sentence = format!(
                "The profile '{name}' does not have a target named '{target}'. The valid target names for this profile are:\n{}",
                listed.join("\n")
            );
            let problem = *wrong(outputs.at, &sentence);
            return Err(Box::new(match nearest_few(target, names.iter().copied(), 1).first() {
                Some(near) => problem.with_fix(Fix::read(format!("Say --target {near}, if that one is meant"))),
                None => problem,
            }));
        };
        if output.as_map().is_none() {
            let sentence = format!("output '{target}' of profile '{name}' is misconfigured in profiles.yml");
            return Err(wrong(output.at, &sentence));
        }
        Ok(output)
    }

    /// What the output says of the keys that dbt shows, under dbt's own names. Of the others only
    /// whether they are there.
    fn given(&self, output: &Yaml, kind: &Kind) -> Result<IndexMap<String, Value>, Box<Problem>> {
        let mut given = IndexMap::new();
        for (key, entry) in output.as_map().into_iter().flatten() {
            let own = kind.own_name(key);
            let value = if kind.shows(own) { self.render(&entry.value)? } else { Value::Bool(!entry.value.is_null()) };
            if given.insert(own.to_owned(), value).is_some() {
                let sentence = format!("Got duplicate keys: ({key}) all map to \"{own}\"");
                return Err(self.options.problem(codes::PROFILE_CREDS, entry.key_at, &sentence));
            }
        }
        Ok(given)
    }

    fn render(&self, value: &Yaml) -> Result<Value, Box<Problem>> {
        match value.as_text() {
            Some(text) => self
                .renderer
                .render(text)
                .map_err(|error| self.options.problem(error.code, value.at, &one_line(&error.message))),
            None => Ok(value.to_json()),
        }
    }
}

impl ProfileOptions<'_> {
    fn problem(&self, code: Code, at: Mark, sentence: &str) -> Box<Problem> {
        let subject = Subject::Project { name: String::new() };
        let problem = Problem::new(code, subject, one_line(sentence)).with_raw(sentence).with_severity(Severity::Error);
        Box::new(problem.with_place(Place::at(self.path, at.line, at.column)))
    }
}

/// What Python takes for false.
fn is_empty(value: &Yaml) -> bool {
    match &value.value {
        YamlValue::Null => true,
        YamlValue::Map(map) => map.is_empty(),
        YamlValue::List(items) => items.is_empty(),
        YamlValue::Text(text) => text.is_empty(),
        YamlValue::Bool(flag) => !flag,
        YamlValue::Int(_) | YamlValue::Float(_) | YamlValue::Date(_) => false,
    }
}
