//! `env_var()` and `var()` calls without a value: where they are, and the lines of `ebb.toml` that
//! would give them one.

use super::super::fix::{Fix, Grade, key_part};
use super::super::value::Evidence;
use super::{Diagnosis, shortened};

/// A variable that the project reads and nobody sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingVariable<'a> {
    pub name: &'a str,
    /// Where it is read, e.g. `models/a.sql:12`; empty where that is not known.
    pub place: &'a str,
    /// The value that this process has for it, where the caller looked.
    pub value_here: Option<&'a str>,
}

/// Most variables offered one by one.
const MOST_OFFERS: usize = 8;

/// Parts of names whose values belong into no configuration file.
const SECRET_PARTS: [&str; 7] = ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "PRIVATE", "CREDENTIAL", "API_KEY"];

/// Offers to add each environment variable to the project's `env`: with this process's value where
/// it has one, else empty and without a sync, to be filled in. The values of secrets are never
/// written down.
pub fn env_vars_missing(project: &str, missing: &[MissingVariable<'_>]) -> Diagnosis {
    diagnosis(project, "env", "env_var", missing)
}

/// Offers to add each dbt variable to the project's `vars`, empty, to be filled in.
pub fn vars_missing(project: &str, missing: &[MissingVariable<'_>]) -> Diagnosis {
    diagnosis(project, "vars", "var", missing)
}

fn diagnosis(project: &str, table: &str, function: &str, missing: &[MissingVariable<'_>]) -> Diagnosis {
    let mut names: Vec<&MissingVariable<'_>> = Vec::new();
    for variable in missing {
        if !names.iter().any(|known| known.name == variable.name) {
            names.push(variable);
        }
    }
    let line = |variable: &MissingVariable<'_>| match variable.place {
        "" => variable.name.to_owned(),
        place => format!("{} in {place}", variable.name),
    };
    let count = match names.len() {
        1 => "one variable that has".to_owned(),
        count => format!("{count} variables that have"),
    };
    let mut fixes: Vec<Fix> = names.iter().take(MOST_OFFERS).map(|variable| add(project, table, variable)).collect();
    if names.len() > 1 {
        let lines: Vec<String> = names.iter().map(|variable| format!("{} = \"\"", key_part(variable.name))).collect();
        let text = format!("[projects.{}.{table}]\n{}", key_part(project), lines.join("\n"));
        fixes.push(Fix::copy("Or copy the lines for all of them, and fill them in", text));
    }
    Diagnosis {
        cause: format!(
            "The project calls {function}() without a default for {count} no value in projects.{}.{table}.",
            key_part(project)
        ),
        evidence: vec![Evidence::new("Read here", shortened(missing.iter().map(line)))],
        fixes,
    }
}

fn add(project: &str, table: &str, variable: &MissingVariable<'_>) -> Fix {
    let name = variable.name;
    let key = format!("projects.{}.{table}.{}", key_part(project), key_part(name));
    if is_secret(name) {
        return Fix::read(format!(
            "Take {name} out of the models: it looks like a secret, and those do not belong into compiled SQL"
        ));
    }
    let (title, value) = match variable.value_here {
        Some(value) => (format!("Set {key} to the value that it has here, and sync again"), value),
        None => (format!("Add {key} with an empty value, to be filled in"), ""),
    };
    let part = format!("{table}.{}", key_part(name));
    Fix::set_project_key(title, Grade::Ask, project, &part, value, variable.value_here.is_some())
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SECRET_PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Action;

    const fn missing(name: &'static str, value_here: Option<&'static str>) -> MissingVariable<'static> {
        MissingVariable { name, place: "models/a.sql:1", value_here }
    }

    #[test]
    fn what_is_offered_for_an_environment_variable() {
        let cases = [
            (missing("TARGET_DB", None), Some(("projects.shop.env.TARGET_DB", "\"\"", false))),
            (missing("TARGET_DB", Some("prod")), Some(("projects.shop.env.TARGET_DB", "\"prod\"", true))),
            (missing("odd name", None), Some(("projects.shop.env.\"odd name\"", "\"\"", false))),
            (missing("DBT_ENV_SECRET_X", Some("hunter2")), None),
            (missing("db_password", Some("hunter2")), None),
        ];
        for (variable, expected) in cases {
            let diagnosis = env_vars_missing("shop", &[variable]);
            let set = diagnosis.fixes.iter().find_map(|fix| match &fix.action {
                Action::Set { key, value, sync } => Some((key.as_str(), value.as_str(), sync.is_some())),
                _ => None,
            });
            assert_eq!(set, expected, "{}", variable.name);
            assert!(!format!("{diagnosis:?}").contains("hunter2"));
        }
    }

    #[test]
    fn many_variables_can_be_copied_at_once() {
        let diagnosis = vars_missing("my shop", &[missing("a", None), missing("b", None), missing("a", None)]);
        assert!(diagnosis.cause.contains("2 variables"), "{}", diagnosis.cause);
        assert_eq!(diagnosis.evidence[0].lines.len(), 3);
        let text = "[projects.\"my shop\".vars]\na = \"\"\nb = \"\"".to_owned();
        assert_eq!(diagnosis.fixes.last().map(|fix| &fix.action), Some(&Action::Copy { text }));
    }
}
