//! What `ebb.toml` may say, as types. Defaults are here; reading and checking are in `load`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::secret::SecretRef;
use super::source::Source;
use super::theme_roles::ThemeRoles;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Shown in the title; the folder's name where it is not set.
    pub name: Option<String>,
    pub git: IndexMap<String, Git>,
    pub sources: IndexMap<String, Source>,
    pub projects: IndexMap<String, Project>,
    pub sync: SyncSettings,
    pub ui: Ui,
}

/// A Git connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Git {
    pub provider: ProviderName,
    /// Address of the provider's REST API, where a self-managed server has it at an unusual place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// Name that goes with the token, where the provider's usual one is not right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Certificates of authorities (PEM) that this server's is signed by, besides those that the system trusts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    #[serde(default)]
    pub auth: Auth,
}

impl Git {
    /// A connection with everything else as it usually is.
    pub fn of(provider: ProviderName, auth: Auth) -> Self {
        Self { provider, api: None, username: None, ca_file: None, auth }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProviderName {
    Github,
    Gitlab,
    Bitbucket,
    Git,
}

/// How a connection proves who we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// Public repositories and repositories on this machine.
    #[default]
    Anonymous,
    /// The agent, keys and ssh_config of whoever runs `ebb`.
    SshAgent,
    /// Path of a private key file without a passphrase.
    SshKey(PathBuf),
    /// A private key that is a secret or has a passphrase.
    SshPrivateKey(PrivateKeySettings),
    /// An access token, sent over HTTPS only. The provider decides the username.
    Token(SecretRef),
    /// A GitHub App, which gets a token of its own for every repository.
    GithubApp(AppSettings),
}

/// A private SSH key as a secret, and what unlocks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateKeySettings {
    /// The key's text: ed25519, RSA or ECDSA, as OpenSSH or PEM has it.
    pub key: SecretRef,
    /// For a key that is locked with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<SecretRef>,
}

/// Which GitHub App, and with which key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppSettings {
    /// "App ID" on the App's page.
    #[schemars(range(min = 1))]
    pub app_id: u64,
    /// Found by the repository where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub installation_id: Option<u64>,
    /// The private key that GitHub made for the App (PEM).
    pub private_key: SecretRef,
}

/// A dbt project in a Git repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Name of a Git connection; without one the repository is public or on this machine.
    pub git: Option<String>,
    /// `https://…`, `ssh://…`, `git@host:owner/name.git`, or a path (relative to `ebb.toml`).
    pub repository: String,
    /// The remote's default branch where it is not set.
    pub branch: Option<String>,
    /// Path of `dbt_project.yml` from the repository's root.
    #[serde(default = "Project::default_path")]
    pub project_path: String,
    /// dbt version whose behaviour is wanted: `1.7`.
    #[serde(default = "Project::default_dbt_version")]
    pub dbt_version: String,
    /// Default schema: `target.schema`.
    #[serde(default = "Project::default_schema")]
    pub schema: String,
    /// `target.name`.
    #[serde(default = "Project::default_target")]
    pub target: String,
    /// Name of a source.
    pub source: Option<String>,
    /// How often to look whether the branch has moved while ebb runs: `90s`, `15m`, `1h`. Only by hand where
    /// it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// What reads the project.
    #[serde(default)]
    pub loader: Loader,
    /// For the loaders `manifest` and `dbt`: the manifest's path from the folder of `dbt_project.yml`.
    #[serde(default = "Project::default_manifest")]
    pub manifest: String,
    /// For the loader `dbt`: a program and its arguments, run in the folder of `dbt_project.yml` without a
    /// shell. It must write the manifest.
    #[serde(default = "Project::default_dbt_command")]
    pub dbt_command: Vec<String>,
    /// What to do about dbt packages that the repository asks for and does not hold.
    #[serde(default)]
    pub packages: PackagesSetting,
    /// As dbt's `--vars`: they win over the project's own.
    #[serde(default)]
    pub vars: IndexMap<String, serde_json::Value>,
    /// What `env_var()` may see; nothing else of this machine's environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// Where the dbt packages of a synced repository come from when its packages folder does not hold them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PackagesSetting {
    /// From the hub and from Git, as package-lock.yml or packages.yml says; kept in the cache.
    #[default]
    Fetch,
    /// Nothing is fetched: the repository has to hold them.
    Vendored,
}

/// A public repository, or one on this machine, at its default branch and with `dbt_project.yml` at its root.
impl Default for Project {
    fn default() -> Self {
        Self {
            git: None,
            repository: String::new(),
            branch: None,
            project_path: Self::default_path(),
            dbt_version: Self::default_dbt_version(),
            schema: Self::default_schema(),
            target: Self::default_target(),
            source: None,
            every: None,
            loader: Loader::default(),
            manifest: Self::default_manifest(),
            dbt_command: Self::default_dbt_command(),
            packages: PackagesSetting::default(),
            vars: IndexMap::new(),
            env: BTreeMap::new(),
        }
    }
}

impl Project {
    /// A project of this repository with everything else as it is by default.
    pub fn at(repository: impl Into<String>) -> Self {
        Self {
            git: None,
            repository: repository.into(),
            branch: None,
            project_path: Self::default_path(),
            dbt_version: Self::default_dbt_version(),
            schema: Self::default_schema(),
            target: Self::default_target(),
            source: None,
            every: None,
            loader: Loader::default(),
            manifest: Self::default_manifest(),
            dbt_command: Self::default_dbt_command(),
            packages: PackagesSetting::default(),
            vars: IndexMap::new(),
            env: BTreeMap::new(),
        }
    }

    /// [`Project::every`] as a time; none where it is not set, or is no time of 10 seconds to 7 days.
    pub fn interval(&self) -> Option<Duration> {
        let written = self.every.as_deref()?.trim();
        let digits = written.trim_end_matches(|letter: char| !letter.is_ascii_digit());
        let number: u64 = digits.parse().ok()?;
        let seconds = match written.get(digits.len()..)?.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let whole = number.checked_mul(seconds)?;
        (10..=7 * 86_400).contains(&whole).then(|| Duration::from_secs(whole))
    }

    fn default_path() -> String {
        "dbt_project.yml".to_owned()
    }

    fn default_dbt_version() -> String {
        "1.7".to_owned()
    }

    fn default_schema() -> String {
        "analytics".to_owned()
    }

    fn default_manifest() -> String {
        "target/manifest.json".to_owned()
    }

    fn default_dbt_command() -> Vec<String> {
        ["dbt", "parse"].map(str::to_owned).to_vec()
    }

    fn default_target() -> String {
        "prod".to_owned()
    }
}

/// What reads a dbt project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Loader {
    /// This program itself.
    #[default]
    Native,
    /// A `manifest.json` in the repository, of dbt 1.0 or later.
    Manifest,
    /// Your own dbt, run in a copy of the repository's files.
    Dbt,
}

/// Bounds on syncs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SyncSettings {
    /// Projects synced at once.
    #[schemars(range(min = 1, max = 64))]
    pub parallel: u32,
    /// Seconds to reach a Git server.
    #[schemars(range(min = 1, max = 3600))]
    pub connect_timeout: u64,
    /// Seconds of silence from a Git server.
    #[schemars(range(min = 1, max = 3600))]
    pub stall_timeout: u64,
    /// Seconds that one fetch may take.
    #[schemars(range(min = 1, max = 86_400))]
    pub fetch_timeout: u64,
    /// Largest transfer accepted, in mebibytes.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub max_transfer: u64,
    /// Syncs kept in the history of each project.
    #[schemars(range(min = 1, max = 100_000))]
    pub keep: u32,
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self { parallel: 4, connect_timeout: 15, stall_timeout: 60, fetch_timeout: 900, max_transfer: 2048, keep: 500 }
    }
}

/// The screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ui {
    pub theme: Theme,
    pub glyphs: Glyphs,
    pub mouse: Mouse,
    pub motion: Motion,
    /// One line of advice above the footer until it is dismissed.
    pub tips: Tips,
    /// Parts of the screen that look other than the theme says, e.g. `key = { color = "yellow" }`.
    pub theme_roles: ThemeRoles,
    /// Command id -> keys, e.g. `sync = "ctrl-s"`; `none` takes a key away.
    pub keys: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// The terminal's own 16 colours, or `mono` where `NO_COLOR` is set or the terminal has none.
    #[default]
    Auto,
    Terminal,
    Mono,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Glyphs {
    /// Unicode where the locale says UTF-8.
    #[default]
    Auto,
    Unicode,
    Ascii,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mouse {
    /// On here, off over SSH.
    #[default]
    Auto,
    On,
    Off,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Motion {
    /// Spinner while something runs.
    #[default]
    Full,
    /// No spinner; elapsed time once a second.
    Reduced,
    /// As `reduced`, for links of a few KB/s: no mouse, one frame a second while work runs.
    Slow,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tips {
    #[default]
    On,
    Off,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_within_bounds() {
        for (written, seconds) in [
            ("10s", Some(10)),
            ("15m", Some(900)),
            (" 1 h ", Some(3_600)),
            ("7d", Some(604_800)),
            ("9s", None),
            ("8d", None),
            ("15", None),
            ("m", None),
            ("15 minutes", None),
            ("-1h", None),
            ("99999999999999999999h", None),
            ("", None),
        ] {
            let project = Project { every: Some(written.to_owned()), ..Project::at("x") };
            assert_eq!(project.interval().map(|interval| interval.as_secs()), seconds, "{written}");
        }
        assert_eq!(Project::at("x").interval(), None);
    }
}
