//! Which `profiles.yml` holds for a dbt project in a folder of this machine: looked for where dbt looks,
//! read, and made part of what a load is told. What it means is the business of `dbt`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::dbt::{EnvAccess, Profile, ProfileOptions, read_profile, setting_of_project};
use crate::problem::{Code, Problem, Severity, Subject};
use crate::workspace::Environment;

use super::target::Target;

/// Largest file read, in bytes; real ones have a few kilobytes.
const LARGEST: u64 = 1 << 20;

/// What dbt's own options say of the profile; everything may be left open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChoice {
    /// `--profiles-dir`
    pub profiles_dir: Option<PathBuf>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--target`
    pub target: Option<String>,
}

impl ProfileChoice {
    fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

impl Target {
    /// The same with what the profile says, for a project in a folder: dialect, database, schema and
    /// the members of `target`. Reads two small files.
    ///
    /// Without a profile everything stays as it is, and the problem is a notice: browsing needs none.
    /// A profile that was asked for and a profile that is wrong are errors.
    pub(super) fn with_profile(mut self, choice: &ProfileChoice) -> (Self, Option<Problem>) {
        let Some(folder) = self.folder.clone() else { return (self, None) };
        let env = EnvAccess::Process(self.environment.variables().clone());
        let project_file = folder.join(&self.settings.project_path);
        let name = choice.profile.clone().or_else(|| self.project_setting("profile"));
        let Some(name) = name else { return (self, None) };
        let is_asked_for = !choice.is_open() || self.environment.variable("DBT_PROFILES_DIR").is_some();
        let path = place(choice, project_file.parent().unwrap_or(&folder), &self.environment);
        let target = choice.target.as_deref();
        match choose(&path, &name, target, &self, &env) {
            Ok(profile) => {
                self.adapter = profile.adapter;
                self.database = profile.database;
                self.settings.schema = profile.schema;
                self.settings.target = profile.target_name;
                self.connection_facts = profile.target;
                (self, None)
            }
            Err(mut problem) => {
                problem.subject = self.subject();
                if problem.code.as_str() == MISSING && !is_asked_for {
                    problem = problem.with_severity(Severity::Notice);
                }
                (self, Some(problem))
            }
        }
    }
}

impl Target {
    /// What `dbt_project.yml` of a folder says for a key; none for a repository.
    pub(super) fn project_setting(&self, key: &str) -> Option<String> {
        let env = EnvAccess::Process(self.environment.variables().clone());
        let text = read(&self.folder.as_ref()?.join(&self.settings.project_path))?;
        setting_of_project(&text, key, &self.settings.vars, &env)
    }
}

const MISSING: &str = "DBT-PROFILE-MISSING";

fn choose(path: &Path, name: &str, target: Option<&str>, of: &Target, env: &EnvAccess) -> Result<Profile, Problem> {
    let shown = path.display().to_string();
    let Some(text) = read(path) else {
        let summary = format!("Could not find profile named '{name}'");
        return Err(Problem::new(Code::new(MISSING), Subject::Workspace, &summary)
            .with_raw(summary)
            .with_evidence("Looked for", vec![shown]));
    };
    let options = ProfileOptions { path: &shown, text: &text, profile: name, target, vars: &of.settings.vars, env };
    read_profile(&options).map_err(|problem| *problem)
}

/// `--profiles-dir`, `DBT_PROFILES_DIR`, the project's folder when there is one in it, `~/.dbt`.
fn place(choice: &ProfileChoice, project: &Path, environment: &Environment) -> PathBuf {
    let named = choice.profiles_dir.as_deref().or_else(|| environment.variable("DBT_PROFILES_DIR").map(Path::new));
    let folder = match named {
        Some(folder) => environment.resolve_path(folder, environment.working_directory()),
        None if project.join(FILE).is_file() => project.to_path_buf(),
        None => environment.home().unwrap_or(project).join(".dbt"),
    };
    folder.join(FILE)
}

const FILE: &str = "profiles.yml";

/// A regular file's text; none where there is no such file, or none that could be meant.
fn read(path: &Path) -> Option<String> {
    let facts = fs::metadata(path).ok()?;
    (facts.is_file() && facts.len() <= LARGEST).then(|| fs::read_to_string(path).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::Adapter;
    use crate::workspace::{Location, Project, Workspace};

    const PROFILES: &str = "shop: {target: dev, outputs: {dev: {type: snowflake, account: a, database: LAKE, schema: ADA, password: hunter22}, prod: {type: duckdb}}}";

    /// A folder `project` with a dbt project that names the profile `shop`, and a home beside it.
    struct Machine {
        root: tempfile::TempDir,
        variables: Vec<(String, String)>,
    }

    impl Machine {
        fn new(files: &[(&str, &str)]) -> Self {
            let root = tempfile::tempdir().unwrap();
            let project = ("project/dbt_project.yml", "name: shop\nprofile: shop\n");
            for (path, text) in files.iter().chain([&project]) {
                let path = root.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Self { root, variables: Vec::new() }
        }

        fn with(mut self, name: &str, folder: &str) -> Self {
            let value = self.root.path().join(folder).display().to_string();
            self.variables.push((name.to_owned(), value));
            self
        }

        fn target(&self, choice: &ProfileChoice) -> (Target, Option<Problem>) {
            let folder = self.root.path().join("project");
            let environment = Environment::new(self.variables.clone(), self.root.path().join("home"), &folder);
            let mut workspace = Workspace::load(Location::Folder(folder), &environment, &[]).unwrap();
            workspace.settings.projects.insert("p".to_owned(), Project::at("."));
            Target::of(&workspace, "p", Path::new("cache"), &environment).unwrap().with_profile(choice)
        }
    }

    fn choice(profile: Option<&str>, target: Option<&str>) -> ProfileChoice {
        ProfileChoice { profiles_dir: None, profile: profile.map(str::to_owned), target: target.map(str::to_owned) }
    }

    #[test]
    fn it_is_looked_for_where_dbt_looks() {
        let other = "shop: {target: dev, outputs: {dev: {type: duckdb}}}";
        let machines = [
            (Machine::new(&[("project/profiles.yml", PROFILES), ("home/.dbt/profiles.yml", other)]), "LAKE"),
            (Machine::new(&[("home/.dbt/profiles.yml", other)]), "memory"),
            (
                Machine::new(&[("ci/profiles.yml", PROFILES), ("project/profiles.yml", other)])
                    .with("DBT_PROFILES_DIR", "ci"),
                "LAKE",
            ),
        ];
        for (machine, database) in machines {
            let (target, problem) = machine.target(&ProfileChoice::default());
            assert_eq!((target.database.as_str(), problem), (database, None));
        }
        let machine = Machine::new(&[("ci/profiles.yml", PROFILES)]);
        let profiles_dir = Some(machine.root.path().join("ci"));
        let (target, problem) = machine.target(&ProfileChoice { profiles_dir, ..ProfileChoice::default() });
        assert_eq!((target.adapter, target.settings.schema.as_str(), problem), (Adapter::Snowflake, "ADA", None));
    }

    #[test]
    fn the_options_choose_profile_and_target() {
        let machine = Machine::new(&[("project/profiles.yml", PROFILES)]);
        let (target, problem) = machine.target(&choice(None, Some("prod")));
        assert_eq!((target.adapter, target.settings.target.as_str(), problem), (Adapter::DuckDb, "prod", None));
        let (_, problem) = machine.target(&choice(Some("other"), None));
        assert_eq!(problem.map(|problem| problem.severity), Some(Severity::Error));
    }

    #[test]
    fn without_a_profile_browsing_goes_on() {
        let (target, problem) = Machine::new(&[]).target(&ProfileChoice::default());
        let problem = problem.unwrap();
        assert_eq!((problem.code.as_str(), problem.severity), (MISSING, Severity::Notice));
        assert_eq!((target.adapter, target.settings.schema.as_str()), (Adapter::Postgres, "analytics"));
        let (_, problem) = Machine::new(&[]).target(&choice(None, Some("prod")));
        assert_eq!(problem.map(|problem| problem.severity), Some(Severity::Error));
    }

    #[test]
    fn a_wrong_profile_is_an_error_and_keeps_its_secret() {
        let text = PROFILES.replace("account: a,", "");
        let (_, problem) = Machine::new(&[("project/profiles.yml", &text)]).target(&ProfileChoice::default());
        let problem = problem.unwrap();
        assert_eq!((problem.code.as_str(), problem.severity), ("DBT-PROFILE-CREDS", Severity::Error));
        assert!(!format!("{problem:?}").contains("hunter22"));
    }
}
