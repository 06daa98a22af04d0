//! Which `profiles.yml` holds for a dbt project: in a folder of this machine looked for where dbt looks, in a fetched
//! repository beside its `dbt_project.yml` alone; read, and made part of what a load is told. What it means is the business of `dbt`.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::dbt::{
    Adapter, EnvAccess, FileTree, Profile, ProfileOptions, profile_secret, read_profile, setting_of_project,
};
use crate::problem::{Code, Problem, Severity, Subject};
use crate::workspace::{Environment, Project, Secret, Source, SourceType, TlsSetting};

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
    /// The warehouse that a folder's profile names, with its password: what dbt itself would connect to. None for a
    /// fetched repository, whose profile may be meant for anything, and where there is no profile that can be used.
    pub(super) fn profile_source(&self) -> Option<(Source, Option<Secret>)> {
        let folder = self.folder.clone()?;
        let (known, problem) = self.clone().with_profile(&ProfileChoice::default());
        if problem.is_some() || known.connection_facts.is_empty() {
            return None;
        }
        let env = EnvAccess::Process(self.environment.variables().clone());
        let project_file = folder.join(&self.settings.project_path);
        let path = place(&ProfileChoice::default(), project_file.parent().unwrap_or(&folder), &self.environment);
        let (shown, text, name) = (path.display().to_string(), read(&path)?, self.project_setting("profile")?);
        let (profile, vars) = (name.as_str(), &self.settings.vars);
        let options = ProfileOptions { path: &shown, text: &text, profile, target: None, vars, env: &env };
        let password = profile_secret(&options, "password").map(Secret::new);
        let source = source_of(known.adapter, &known.database, &known.connection_facts)?;
        Some((source, password))
    }

    /// The same with what a `profiles.yml` of its repository says, which is looked for beside `dbt_project.yml` and
    /// sees no environment but the project's own `env`. A source of the workspace decides alone, and a schema that the
    /// workspace sets stays. The project's `target` chooses, where the profile has one of that name.
    ///
    /// A profile that can't be used leaves everything as it is, and the problem is a notice: it may be meant for
    /// another machine.
    pub(super) fn with_repository_profile(mut self, tree: &dyn FileTree) -> (Self, Option<Problem>) {
        if self.folder.is_some() || self.settings.source.is_some() {
            return (self, None);
        }
        let env = EnvAccess::Only(self.settings.env.clone());
        let path = format!("{}/{FILE}", self.folder_name()).trim_start_matches('/').to_owned();
        let (project, profiles) = (text_of(tree, &self.settings.project_path), text_of(tree, &path));
        let name = project.and_then(|text| setting_of_project(&text, "profile", &self.settings.vars, &env));
        let (Some(name), Some(text)) = (name, profiles) else { return (self, None) };
        let usual = Project::default();
        let (vars, wanted) = (&self.settings.vars, self.settings.target.as_str());
        let read = |target| {
            read_profile(&ProfileOptions { path: &path, text: &text, profile: &name, target, vars, env: &env })
        };
        let profile = match read(Some(wanted)) {
            // Nobody has asked for that one: the profile's own choice holds.
            Err(problem) if problem.code.as_str() == NO_TARGET && wanted == usual.target => read(None),
            read => read,
        };
        match profile {
            Ok(profile) => {
                self.adapter = profile.adapter;
                self.database = profile.database;
                self.connection_facts = profile.target;
                self.settings.target = profile.target_name;
                if self.settings.schema == usual.schema {
                    self.settings.schema = profile.schema;
                } else {
                    self.connection_facts.shift_remove("schema");
                }
                (self, None)
            }
            Err(mut problem) => {
                problem.subject = self.subject();
                (self, Some(problem.with_severity(Severity::Notice)))
            }
        }
    }

    /// What `dbt_project.yml` of a folder says for a key; none for a repository.
    pub(super) fn project_setting(&self, key: &str) -> Option<String> {
        let env = EnvAccess::Process(self.environment.variables().clone());
        let text = read(&self.folder.as_ref()?.join(&self.settings.project_path))?;
        setting_of_project(&text, key, &self.settings.vars, &env)
    }
}

const MISSING: &str = "DBT-PROFILE-MISSING";
const NO_TARGET: &str = "DBT-PROFILE-TARGET";

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

/// A profile's target as a source of the workspace would say it. None for warehouses that no rows are read from.
fn source_of(adapter: Adapter, database: &str, facts: &IndexMap<String, serde_json::Value>) -> Option<Source> {
    let text = |key: &str| facts.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    let kind = match adapter {
        Adapter::Postgres => SourceType::Postgres,
        Adapter::Redshift => SourceType::Redshift,
        Adapter::Sqlite => {
            let files = facts.get("schemas_and_paths")?.as_object()?;
            let file = |path: &serde_json::Value| path.as_str().map(PathBuf::from);
            let attach = files.iter().filter(|(schema, _)| *schema != "main");
            return Some(Source {
                kind: SourceType::Sqlite,
                path: files.get("main").and_then(file),
                attach: attach.filter_map(|(schema, path)| Some((schema.clone(), file(path)?))).collect(),
                ..Source::default()
            });
        }
        _ => return None,
    };
    let host = text("host")?;
    let is_here = host.starts_with('/') || ["localhost", "127.0.0.1", "::1"].contains(&host.as_str());
    let tls = match text("sslmode").as_deref() {
        Some("disable") => TlsSetting::Disable,
        Some("verify-full") => TlsSetting::VerifyFull,
        Some("verify-ca") => TlsSetting::VerifyCa,
        Some("require") => TlsSetting::Require,
        // libpq would take what it gets; over a network nothing goes in the clear here.
        _ if is_here => TlsSetting::Disable,
        _ => TlsSetting::Require,
    };
    Some(Source {
        kind,
        host: Some(host),
        port: facts.get("port").and_then(serde_json::Value::as_u64).and_then(|port| u32::try_from(port).ok()),
        user: text("user"),
        database: Some(database.to_owned()),
        tls: Some(tls),
        ca_file: text("sslrootcert").map(PathBuf::from),
        ..Source::default()
    })
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

/// A small file's text; none where there is no such file in the tree.
fn text_of(tree: &dyn FileTree, path: &str) -> Option<String> {
    let bytes = tree.read(path).ok().filter(|bytes| bytes.len() as u64 <= LARGEST)?;
    String::from_utf8(bytes).ok()
}

/// A regular file's text; none where there is no such file, or none that could be meant.
fn read(path: &Path) -> Option<String> {
    let facts = fs::metadata(path).ok()?;
    (facts.is_file() && facts.len() <= LARGEST).then(|| fs::read_to_string(path).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::{Adapter, MemoryTree};
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

    /// A fetched repository with its project in `transform`.
    fn fetched(settings: &str, profiles: Option<&str>) -> (Target, Option<Problem>) {
        let root = tempfile::tempdir().unwrap();
        let environment = Environment::new([("OURS".to_owned(), "LEAK".to_owned())], root.path(), root.path());
        let text = format!(
            "[projects.p]\nrepository = \"https://git.example/shop\"\nproject_path = \"transform/dbt_project.yml\"\n\
             {settings}\n"
        );
        let file = Location::File(root.path().join("ebb.toml"));
        let workspace = Workspace::from_text(file, text, &environment, &[]).unwrap();
        let project = ("transform/dbt_project.yml", "name: shop\nprofile: shop\n");
        let files = profiles.map(|text| ("transform/profiles.yml", text)).into_iter().chain([project]);
        let tree = MemoryTree::new(files);
        let target = Target::of(&workspace, "p", Path::new("cache"), &environment).unwrap();
        target.with_repository_profile(&tree)
    }

    #[test]
    fn a_fetched_repository_brings_its_own() {
        let without_prod = PROFILES.replace("prod:", "ci:");
        let lake = "source = \"lake\"\n[sources.lake]\ntype = \"bigquery\"\ndatabase = \"b\"";
        for (settings, profiles, expected) in [
            ("", without_prod.as_str(), (Adapter::Snowflake, "LAKE", "ADA", "dev")),
            ("", PROFILES, (Adapter::DuckDb, "memory", "main", "prod")),
            ("target = \"dev\"", PROFILES, (Adapter::Snowflake, "LAKE", "ADA", "dev")),
            ("target = \"dev\"\nschema = \"ours\"", PROFILES, (Adapter::Snowflake, "LAKE", "ours", "dev")),
            (lake, PROFILES, (Adapter::BigQuery, "b", "analytics", "prod")),
        ] {
            let (found, problem) = fetched(settings, Some(profiles));
            let (schema, target) = (found.settings.schema.as_str(), found.settings.target.as_str());
            assert_eq!(
                ((found.adapter, found.database.as_str(), schema, target), problem),
                (expected, None),
                "{settings}"
            );
        }
        let (_, problem) = fetched("target = \"staging\"", Some(PROFILES));
        assert_eq!(problem.unwrap().code.as_str(), NO_TARGET, "one that was asked for and is not there is told");
        let (found, problem) = fetched("", None);
        assert_eq!((found.adapter, found.settings.schema.as_str(), problem), (Adapter::Postgres, "analytics", None));
    }

    #[test]
    fn a_fetched_profile_sees_only_the_projects_own_variables_and_never_stops_a_sync() {
        let text = PROFILES.replace("LAKE", "\"{{ env_var('OURS') }}\"").replace("prod:", "ci:");
        let (found, problem) = fetched("", Some(&text));
        assert_eq!((found.adapter, problem.unwrap().severity), (Adapter::Postgres, Severity::Notice));
        assert_ne!(found.database, "LEAK");
        let (found, problem) = fetched("env = { OURS = \"given\" }", Some(&text));
        assert_eq!((found.database.as_str(), problem), ("given", None));
        let (found, problem) = fetched("", Some("shop: [wrong"));
        assert_eq!((found.adapter, problem.unwrap().severity), (Adapter::Postgres, Severity::Notice));
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
