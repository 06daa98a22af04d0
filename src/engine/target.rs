//! One project's settings, resolved into what a sync of it needs: where to fetch, with what, and how
//! to load. The secret is resolved last, right before it is used.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use indexmap::IndexMap;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::dbt::{Adapter, EnvAccess, LoadOptions};
use crate::git::{Address, Credential, FetchLimits, FetchRequest, Provider, Remote, Trust};
use crate::problem::{Code, Problem, Subject};
use crate::workspace::{
    Auth, Environment, Git, Loader, Location, Paths, Project, ProviderName, Secret, SecretRef, SourceType,
    SyncSettings, Workspace,
};

use super::world::World;

use super::record;

/// A project that can be synced.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) name: String,
    pub(super) settings: Project,
    /// As written in the settings, safe to show.
    pub(super) repository: String,
    /// Empty: the remote's default branch.
    pub(super) branch: String,
    /// A folder of this machine that is loaded as it lies there, without Git.
    pub(super) folder: Option<PathBuf>,
    pub(super) connection: Option<(String, Git)>,
    /// Whether the connection has to be able to push; a sync only reads.
    pub(super) writes: bool,
    pub(super) adapter: Adapter,
    pub(super) database: String,
    /// What else a profile says of the connection, for templates.
    pub(super) connection_facts: IndexMap<String, serde_json::Value>,
    limits: FetchLimits,
    /// Where `ebb.toml` stands: relative paths start here.
    pub(super) base: PathBuf,
    cache: PathBuf,
    pub(super) environment: Environment,
    /// Secrets that were typed and are not kept anywhere yet, and where the settings say that they are.
    pub(super) typed: Vec<(SecretRef, Secret)>,
}

impl Target {
    /// The project called `name` of `workspace`; `cache` is the folder for fetched repositories.
    pub(super) fn of(
        workspace: &Workspace,
        name: &str,
        cache: &Path,
        environment: &Environment,
    ) -> Result<Self, Problem> {
        let Some(settings) = workspace.settings.projects.get(name) else {
            return Err(no_such_project(workspace, name));
        };
        let git = settings.git.as_ref().and_then(|git| Some((git.clone(), workspace.settings.git.get(git)?.clone())));
        let source =
            settings.source.as_ref().and_then(|source| Some((source, workspace.settings.sources.get(source)?)));
        let adapter = source.map_or(Adapter::Postgres, |(_, source)| adapter(source.kind));
        let database = source.map_or_else(
            || "analytics".to_owned(),
            |(name, source)| source.database.clone().unwrap_or_else(|| name.clone()),
        );
        let folder = match &workspace.location {
            Location::Folder(folder) => Some(folder.clone()),
            Location::File(_) | Location::None => None,
        };
        let base = workspace.base(environment).to_path_buf();
        Ok(Self {
            name: name.to_owned(),
            repository: settings.repository.clone(),
            branch: settings.branch.clone().unwrap_or_default(),
            settings: settings.clone(),
            folder,
            connection: git,
            writes: false,
            adapter,
            database,
            connection_facts: IndexMap::new(),
            limits: limits(&workspace.settings.sync),
            base,
            cache: cache.to_path_buf(),
            environment: environment.clone(),
            typed: Vec::new(),
        })
    }

    /// With secrets that are not kept anywhere yet.
    pub(super) fn with_typed(self, typed: Vec<(SecretRef, Secret)>) -> Self {
        Self { typed, ..self }
    }

    pub(super) fn subject(&self) -> Subject {
        Subject::Project { name: self.name.clone() }
    }

    /// Who hosts the repository: as the connection says, else as its host's name says.
    pub(super) fn provider(&self) -> Provider {
        self.remote().map_or(Provider::Other, |remote| self.provider_at(&remote))
    }

    fn provider_at(&self, remote: &Remote) -> Provider {
        match &self.connection {
            Some((_, git)) if git.provider != ProviderName::Git => provider(git.provider),
            _ => remote.provider(),
        }
    }

    /// How the project's connection proves who we are; anonymous without one.
    pub(super) fn auth(&self) -> Auth {
        self.connection.as_ref().map(|(_, git)| git.auth.clone()).unwrap_or_default()
    }

    /// The repository, over https where a token is shown and over SSH where a key is.
    pub(super) fn remote(&self) -> Result<Remote, Problem> {
        let address = Address::parse(&self.repository, &self.base).map_err(|error| {
            let code = error.code().unwrap_or(Code::new("GIT-UNKNOWN-SCHEME"));
            Problem::new(code, self.subject(), error.to_string())
        })?;
        let remote = address.remote;
        let provider = self.provider_at(&remote);
        Ok(match self.auth() {
            Auth::Token(_) | Auth::GithubApp(_) => remote.over_https(provider),
            Auth::SshKey(_) | Auth::SshPrivateKey(_) | Auth::SshAgent => remote.over_ssh(provider),
            Auth::Anonymous => remote,
        })
    }

    /// What to fetch, with the secret resolved.
    pub(super) async fn fetch_request(
        &self,
        world: &World,
        cancel: &CancellationToken,
    ) -> Result<FetchRequest, Problem> {
        let remote = self.remote()?;
        let cache = self.cache.join(format!("{}.git", short_hash(&[&remote.display()])));
        Ok(FetchRequest {
            credential: self.credential(world, &remote, cancel).await?,
            remote,
            branch: self.branch.clone(),
            any_revision: false,
            // A dbt command may read anything of the repository.
            folder: match self.settings.loader {
                Loader::Dbt => String::new(),
                Loader::Native | Loader::Manifest => self.folder_name().to_owned(),
            },
            expected: Some(self.settings.project_path.clone()),
            cache,
            trust: self.trust(),
            limits: self.limits,
        })
    }

    /// What to fetch of a package's repository, into the same cache.
    pub(super) fn package_request(
        &self,
        remote: Remote,
        credential: Credential,
        revision: &str,
        folder: &str,
    ) -> FetchRequest {
        let cache = self.cache.join(format!("{}.git", short_hash(&[&remote.display()])));
        let (branch, folder) = (revision.to_owned(), folder.trim_matches('/').to_owned());
        let expected = Some(format!("{folder}/dbt_project.yml").trim_start_matches('/').to_owned());
        let (trust, limits, any_revision) = (self.trust(), self.limits, true);
        FetchRequest { remote, credential, branch, any_revision, folder, expected, cache, trust, limits }
    }

    /// Whom a person trusts, beside those that this machine does.
    fn trust(&self) -> Trust {
        Trust { known_hosts: Some(Paths::of(&self.environment).known_hosts()), authorities: self.authorities() }
    }

    /// The file of the connection's own certificate authorities.
    pub(super) fn authorities(&self) -> Option<PathBuf> {
        let file = self.connection.as_ref()?.1.ca_file.as_ref()?;
        Some(self.environment.resolve_path(file, &self.base))
    }

    /// The project's folder in its repository; empty for the root.
    pub(super) fn folder_name(&self) -> &str {
        folder_of(&self.settings.project_path)
    }

    /// A hash of everything besides the commit that decides what a load gives: settings and program.
    pub(super) fn inputs(&self) -> String {
        // Settings always serialise: their keys are texts.
        let settings = serde_json::to_string(&self.settings).unwrap_or_default();
        let dialect = format!("{:?} {}", self.adapter, self.database);
        short_hash(&[&settings, &dialect, env!("CARGO_PKG_VERSION"), record::VERSION])
    }

    /// A folder's name that no other project on this machine has.
    pub(super) fn place_name(&self) -> String {
        let base = self.base.display().to_string();
        short_hash(&[&base, &self.name, &self.repository])
    }

    /// The name of the place where this project, loaded like this, is kept between loads.
    pub(super) fn kept_name(&self) -> String {
        let adapter = format!("{:?}", self.adapter);
        let settings = &self.settings;
        let place = self.place_name();
        short_hash(&[&place, &settings.project_path, &settings.target, &settings.schema, &self.database, &adapter])
    }

    pub(super) fn load_options<'a>(&self, cancelled: &'a AtomicBool, now: Timestamp) -> LoadOptions<'a> {
        let env = match &self.folder {
            Some(_) => EnvAccess::Process(self.environment.variables().clone()),
            None => EnvAccess::Only(self.settings.env.clone()),
        };
        LoadOptions {
            project_path: self.settings.project_path.clone(),
            database: self.database.clone(),
            schema: self.settings.schema.clone(),
            target_name: self.settings.target.clone(),
            adapter: self.adapter,
            connection: self.connection_facts.clone(),
            vars: self.settings.vars.clone(),
            env,
            dbt_version: full_version(&self.settings.dbt_version),
            run_started_at: now,
            invocation_id: invocation_id(&self.name, now),
            cancelled,
        }
    }
}

fn no_such_project(workspace: &Workspace, name: &str) -> Problem {
    let names: Vec<String> = workspace.settings.projects.keys().cloned().collect();
    let subject = Subject::Project { name: name.to_owned() };
    let summary = format!("There is no project called {name:?} in this workspace");
    Problem::new(Code::new("CONFIG-REFERENCE"), subject, summary).with_evidence("Projects of this workspace", names)
}

pub(super) fn limits(sync: &SyncSettings) -> FetchLimits {
    FetchLimits {
        connect: Duration::from_secs(sync.connect_timeout),
        stall: Duration::from_secs(sync.stall_timeout),
        total: Duration::from_secs(sync.fetch_timeout),
        pack_bytes: sync.max_transfer.saturating_mul(1 << 20),
    }
}

fn adapter(kind: SourceType) -> Adapter {
    match kind {
        SourceType::Redshift => Adapter::Redshift,
        SourceType::Snowflake => Adapter::Snowflake,
        SourceType::Bigquery => Adapter::BigQuery,
        SourceType::Databricks => Adapter::Databricks,
        SourceType::Duckdb => Adapter::DuckDb,
        SourceType::Sqlite => Adapter::Sqlite,
        // Which SQL an ADBC driver speaks is not known: names are quoted as the standard has it.
        SourceType::Postgres | SourceType::Adbc => Adapter::Postgres,
    }
}

pub(super) fn provider(name: ProviderName) -> Provider {
    match name {
        ProviderName::Github => Provider::GitHub,
        ProviderName::Gitlab => Provider::GitLab,
        ProviderName::Bitbucket => Provider::Bitbucket,
        ProviderName::Git => Provider::Other,
    }
}

/// The folder of a path: `""` for a file at the root.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `1.7` stands for the last release of that line.
fn full_version(version: &str) -> String {
    match version.matches('.').count() {
        1 if version == "1.7" => "1.7.20".to_owned(),
        1 => format!("{version}.0"),
        _ => version.to_owned(),
    }
}

fn short_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let half: Vec<u8> = hash.finalize().iter().copied().take(16).collect();
    half.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// An identifier in the form of a UUID, made of project and time: dbt's `invocation_id`.
fn invocation_id(project: &str, now: Timestamp) -> String {
    let hash = short_hash(&[project, &now.to_string()]);
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Shared by the queries that list connections.
pub(super) fn provider_word(name: ProviderName) -> &'static str {
    match name {
        ProviderName::Github => "GitHub",
        ProviderName::Gitlab => "GitLab",
        ProviderName::Bitbucket => "Bitbucket",
        ProviderName::Git => "Git",
    }
}

/// The adapter's name as dbt writes it.
pub(super) fn adapter_word(adapter: Adapter) -> Arc<str> {
    let word = match adapter {
        Adapter::Postgres => "postgres",
        Adapter::Redshift => "redshift",
        Adapter::Snowflake => "snowflake",
        Adapter::BigQuery => "bigquery",
        Adapter::Databricks => "databricks",
        Adapter::DuckDb => "duckdb",
        Adapter::Sqlite => "sqlite",
        Adapter::Trino => "trino",
    };
    word.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_path() {
        let folders = ["dbt_project.yml", "transform/dbt_project.yml", "a/b/dbt_project.yml", ""].map(folder_of);
        assert_eq!(folders, ["", "transform", "a/b", ""]);
    }

    #[test]
    fn a_short_version_is_completed() {
        assert_eq!(["1.7", "1.7.4", "1.8", "2"].map(full_version), ["1.7.20", "1.7.4", "1.8.0", "2"]);
    }

    #[test]
    fn hashes_keep_their_parts_apart() {
        assert_ne!(short_hash(&["ab", "c"]), short_hash(&["a", "bc"]));
        assert_eq!(short_hash(&["ab", "c"]).len(), 32);
    }

    #[test]
    fn an_invocation_id_looks_like_a_uuid() {
        let id = invocation_id("shop", Timestamp::UNIX_EPOCH);
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
