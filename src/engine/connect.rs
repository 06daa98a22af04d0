//! The use case "connect a repository": what a person pasted becomes a project in `ebb.toml`.

use std::path::{Path, PathBuf};

use crate::git::{Address, Provider, Remote, RemoteError};
use crate::problem::{Code, Problem, Subject};
use crate::workspace::edit::{self, Change};
use crate::workspace::{
    AppSettings, Auth, Environment, FILE_NAME, Git, Location, ProviderName, SecretRef, Workspace, make_private_folder,
};

/// A repository as a person describes it. Only the address is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProject {
    /// A clone URL, a path, or a page copied from a browser, which may say branch and path as well.
    pub address: String,
    /// Wins over what the address says; empty: what it says, else the remote's default branch.
    pub branch: String,
    /// Path of `dbt_project.yml`; empty: what the address says, else the repository's root.
    pub project_path: String,
    /// Who hosts it; none: as the host's name says.
    pub provider: Option<ProviderName>,
    pub access: NewAccess,
}

/// How a new project's repository is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NewAccess {
    /// By the SSH agent where the address is one for SSH, else without a credential.
    #[default]
    Suggested,
    /// Through a Git connection that is there already.
    Existing(String),
    SshAgent,
    SshKey(PathBuf),
    /// The second is the name that goes with it, where the provider's usual one is not right.
    Token(SecretRef, Option<String>),
    GithubApp(AppSettings),
}

impl NewAccess {
    fn auth(&self) -> Option<Auth> {
        Some(match self {
            Self::Suggested | Self::SshAgent => Auth::SshAgent,
            Self::SshKey(path) => Auth::SshKey(path.clone()),
            Self::Token(secret, _) => Auth::Token(secret.clone()),
            Self::GithubApp(app) => Auth::GithubApp(app.clone()),
            Self::Existing(_) => return None,
        })
    }
}

/// What a new project would make of the workspace, with nothing written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) workspace: Workspace,
    pub(super) project: String,
    pub(super) address: Address,
}

/// The workspace as it would be with the project in it.
pub(super) fn draft(folder: &Path, new: &NewProject, environment: &Environment) -> Result<Draft, Problem> {
    let address = Address::parse(&new.address, folder).map_err(|error| not_an_address(&error))?;
    let file = folder.join(FILE_NAME);
    let (text, project) = if file.is_file() {
        let workspace = Workspace::load(Location::File(file.clone()), environment, &[]);
        let workspace = workspace.map_err(|problems| first(&file, problems))?;
        let taken = taken(&workspace);
        let (changes, name) = changes(new, &address, &taken)?;
        let edited = edit::preview(&file, &workspace.version, &changes, environment);
        (edited.map_err(|error| unwritable(&file, &error.to_string()))?.after, name)
    } else {
        let (changes, name) = changes(new, &address, &[])?;
        let edited = edit::preview_new(&file, &changes, environment);
        (edited.map_err(|error| unwritable(&file, &error.to_string()))?.after, name)
    };
    let workspace = Workspace::from_text(Location::File(file.clone()), text, environment, &[]);
    Ok(Draft { workspace: workspace.map_err(|problems| first(&file, problems))?, project, address })
}

fn taken(workspace: &Workspace) -> Vec<&str> {
    workspace.settings.projects.keys().chain(workspace.settings.git.keys()).map(String::as_str).collect()
}

/// Adds the project to the `ebb.toml` in `folder`, which is made when it is not there. Gives the file
/// and the project's name.
pub fn connect(folder: &Path, new: &NewProject, environment: &Environment) -> Result<(PathBuf, String), Problem> {
    let address = Address::parse(&new.address, folder).map_err(|error| not_an_address(&error))?;
    let file = folder.join(FILE_NAME);
    if !file.is_file() {
        make_private_folder(folder).map_err(|error| unwritable(&file, &error.to_string()))?;
        let (changes, name) = changes(new, &address, &[])?;
        edit::create(&file, &changes, environment).map_err(|error| unwritable(&file, &error.to_string()))?;
        return Ok((file, name));
    }
    let workspace = Workspace::load(Location::File(file.clone()), environment, &[]);
    let workspace = workspace.map_err(|problems| first(&file, problems))?;
    let (changes, name) = changes(new, &address, &taken(&workspace))?;
    let edited = edit::apply(&file, &workspace.version, &changes, environment);
    edited.map_err(|error| unwritable(&file, &error.to_string()))?;
    Ok((file, name))
}

fn changes(new: &NewProject, address: &Address, taken: &[&str]) -> Result<(Vec<Change>, String), Problem> {
    let name = free_name(&name_of(&address.remote), taken);
    let mut changes = Vec::new();
    let mut set =
        |key: &[&str], value: &str| changes.push(Change::Set { key: edit::key(key), value: edit::text(value) });
    if let NewAccess::Existing(connection) = &new.access {
        set(&["projects", &name, "git"], connection);
    } else if needs_connection(&address.remote, new) {
        set(&["projects", &name, "git"], &name);
    }
    set(&["projects", &name, "repository"], &address.remote.display());
    let branch = if new.branch.is_empty() { address.branch.clone().unwrap_or_default() } else { new.branch.clone() };
    if !branch.is_empty() {
        set(&["projects", &name, "branch"], &branch);
    }
    set(&["projects", &name, "project_path"], &project_path(new, address));
    let auth = new.access.auth().filter(|_| needs_connection(&address.remote, new));
    if let Some(auth) = auth {
        let username = match &new.access {
            NewAccess::Token(_, username) => username.clone(),
            _ => None,
        };
        let provider = new.provider.unwrap_or_else(|| provider_name(address.remote.provider()));
        let connection = edit::connection(&name, &Git { username, ..Git::of(provider, auth) });
        changes.extend(connection.map_err(|error| error.to_problem())?);
    }
    Ok((changes, name))
}

fn provider_name(provider: Provider) -> ProviderName {
    match provider {
        Provider::GitHub => ProviderName::Github,
        Provider::GitLab => ProviderName::Gitlab,
        Provider::Bitbucket => ProviderName::Bitbucket,
        Provider::Other => ProviderName::Git,
    }
}

/// A typed path stays as it is typed, right or wrong: the first sync says what is wrong with it.
fn project_path(new: &NewProject, address: &Address) -> String {
    const FILE: &str = "dbt_project.yml";
    match (new.project_path.as_str(), &address.path) {
        ("", Some(path)) if is_a_file(path) => path.clone(),
        ("", Some(path)) if !path.is_empty() => format!("{}/{FILE}", path.trim_end_matches('/')),
        ("", _) => FILE.to_owned(),
        (typed, _) => typed.to_owned(),
    }
}

fn is_a_file(path: &str) -> bool {
    let extension = Path::new(path).extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml"))
}

fn needs_connection(remote: &Remote, new: &NewProject) -> bool {
    match remote {
        Remote::Ssh { .. } => true,
        Remote::Http { .. } => new.access != NewAccess::Suggested,
        Remote::Local { .. } => false,
    }
}

/// The repository's own name, as a bare key.
fn name_of(remote: &Remote) -> String {
    let shown = remote.display();
    let last = shown.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    let last = last.strip_suffix(".git").unwrap_or(last);
    let plain = |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '_' };
    let name: String = last.chars().map(plain).collect::<String>().trim_matches('_').to_lowercase();
    if name.is_empty() { "project".to_owned() } else { name }
}

/// `shop`, or `shop_2` where there is a `shop` already.
fn free_name(wanted: &str, taken: &[&str]) -> String {
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(&name.as_str())).unwrap_or_default()
}

fn not_an_address(error: &RemoteError) -> Problem {
    let code = error.code().unwrap_or(Code::new("GIT-UNKNOWN-SCHEME"));
    Problem::new(code, Subject::Workspace, error.to_string())
}

fn unwritable(file: &Path, why: &str) -> Problem {
    let summary = format!("{} could not be changed: {why}", file.display());
    Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, summary)
}

fn first(file: &Path, problems: Vec<Problem>) -> Problem {
    problems.into_iter().next().unwrap_or_else(|| unwritable(file, "it could not be read"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn written(address: &str, new: NewProject) -> String {
        let place = tempfile::tempdir().unwrap();
        let environment = Environment::new([("TOKEN".to_owned(), "x".to_owned())], place.path(), place.path());
        let new = NewProject { address: address.to_owned(), ..new };
        let (file, _) = connect(place.path(), &new, &environment).unwrap();
        fs::read_to_string(file).unwrap()
    }

    #[test]
    fn a_public_repository_needs_its_address_only() {
        let text = written("https://github.com/acme/Shop-DBT.git", NewProject::default());
        assert!(text.contains("[projects.shop_dbt]") && !text.contains("[git"), "{text}");
        assert!(text.contains("project_path = \"dbt_project.yml\""), "{text}");
    }

    #[test]
    fn a_pasted_page_says_branch_and_path() {
        let text = written("https://github.com/acme/mono/tree/dev/transform", NewProject::default());
        assert!(text.contains("branch = \"dev\"") && text.contains("\"transform/dbt_project.yml\""), "{text}");
    }

    #[test]
    fn ssh_goes_through_the_agent() {
        let text = written("git@gitlab.com:acme/shop.git", NewProject::default());
        assert!(text.contains("provider = \"gitlab\"") && text.contains("ssh_agent"), "{text}");
    }

    #[test]
    fn a_token_is_named_and_never_written() {
        let access = NewAccess::Token(SecretRef::Env("TOKEN".to_owned()), None);
        let token = NewProject { access, ..NewProject::default() };
        let text = written("https://bitbucket.org/acme/shop", token);
        assert!(text.contains("env = \"TOKEN\"") && text.contains("provider = \"bitbucket\""), "{text}");
    }

    #[test]
    fn each_kind_of_access_is_written() {
        let key = SecretRef::File("app.pem".into());
        let app = AppSettings { app_id: 4711, installation_id: None, private_key: key };
        for (access, expected) in [
            (NewAccess::SshKey("~/.ssh/ebb".into()), "ssh_key = \"~/.ssh/ebb\""),
            (NewAccess::SshAgent, "auth = \"ssh_agent\""),
            (NewAccess::GithubApp(app), "app_id = 4711"),
            (NewAccess::Token(SecretRef::Keyring("x".into()), Some("deploy-1".into())), "username = \"deploy-1\""),
        ] {
            let new = NewProject { access, provider: Some(ProviderName::Github), ..NewProject::default() };
            let text = written("https://git.acme.example/acme/shop", new);
            assert!(text.contains(expected) && text.contains("git = \"shop\""), "{text}");
            assert!(text.contains("provider = \"github\""), "{text}");
        }
    }

    #[test]
    fn a_draft_writes_nothing() {
        let place = tempfile::tempdir().unwrap();
        let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
        let new = NewProject { address: "git@github.com:acme/shop".to_owned(), ..NewProject::default() };
        let draft = draft(place.path(), &new, &environment).unwrap();
        assert!(draft.workspace.settings.projects.contains_key(&draft.project));
        assert!(!place.path().join(FILE_NAME).exists());
    }

    #[test]
    fn a_second_project_keeps_the_first_and_its_comments() {
        let place = tempfile::tempdir().unwrap();
        let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
        fs::write(place.path().join(FILE_NAME), "# mine\n[projects.shop]\nrepository = \"/tmp/x\" # here\n").unwrap();
        let new = NewProject { address: "https://github.com/acme/shop".to_owned(), ..NewProject::default() };
        let (file, name) = connect(place.path(), &new, &environment).unwrap();
        let text = fs::read_to_string(file).unwrap();
        assert_eq!(name, "shop_2");
        assert!(text.starts_with("# mine\n[projects.shop]\nrepository = \"/tmp/x\" # here\n"), "{text}");
    }

    #[test]
    fn what_is_no_address_is_refused_and_nothing_is_written() {
        let place = tempfile::tempdir().unwrap();
        let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
        let new = NewProject { address: "htps://github.com/acme/shop".to_owned(), ..NewProject::default() };
        assert!(connect(place.path(), &new, &environment).is_err());
        assert!(!place.path().join(FILE_NAME).exists());
    }
}
