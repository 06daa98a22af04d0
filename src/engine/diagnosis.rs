//! Errors become problems here: the code (typed first, then the catalogue's match on the raw words),
//! evidence gathered on the spot, and fixes that can be carried out.

use crate::dbt::{FileTree, ReadError};
use crate::git::{Credential, FetchRequest, HostKeys, LeftOut, Remote, RemoteError};
use crate::problem::diagnosis::{self, CredentialKind, MissingVariable, Operation, Refusal, WantedProjectPath};
use crate::problem::{Action, Area, Code, Diagnosis, Fix, Grade, Problem, Severity, Subject};
use crate::workspace::PackagesSetting;

use super::handle::Core;
use super::target::Target;

/// dbt versions that a project may be given, for `require-dbt-version`.
const DBT_VERSIONS: [&str; 8] = ["1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10"];

/// A folder that cannot be opened.
pub(super) fn folder(target: &Target, error: &ReadError) -> Problem {
    Problem::new(Code::new("DBT-PROJECT-PATH"), target.subject(), error.to_string())
}

/// A repository that could not be reached or read.
pub(super) fn remote(core: &Core, target: &Target, request: &FetchRequest, error: &RemoteError) -> Problem {
    let raw = error.raw();
    let entry = match error.code() {
        Some(code) => core.world.catalogue.entry(&code),
        None => core.world.catalogue.match_text(Area::Git, raw),
    };
    let code = entry.map_or(Code::new("GIT-UNKNOWN"), |entry| entry.code.clone());
    let summary = match (error, entry) {
        (RemoteError::BranchMissing { .. } | RemoteError::TimedOut { .. }, _) | (_, None) => error.to_string(),
        (_, Some(entry)) => entry.title.clone(),
    };
    let problem = Problem::new(code, target.subject(), summary).with_raw(raw);
    let problem = problem.with_evidence("What was asked", asked(target, request));
    match on_the_spot(core, target, request, error, problem.code.as_str()) {
        Some(diagnosis) => diagnosis.of(problem),
        None => problem,
    }
}

/// What can be told about this very case beyond what the catalogue knows of the code.
fn on_the_spot(
    core: &Core,
    target: &Target,
    request: &FetchRequest,
    error: &RemoteError,
    code: &str,
) -> Option<Diagnosis> {
    let (project, repository) = (&target.name, &target.repository);
    match (error, code) {
        (RemoteError::BranchMissing { branch, branches, default }, _) => {
            Some(diagnosis::branch_missing(project, branch, branches, default.as_deref()))
        }
        (_, "GIT-GH-NOT-GRANTED" | "GIT-GH-PERM-DENIED" | "GIT-HTTP-403" | "GIT-GL-NO-DOWNLOAD") => {
            Some(not_granted(target, request, error.raw()))
        }
        (_, "GIT-DNS") => {
            let workspace = core.workspace();
            let others = workspace.settings.projects.values().map(|project| project.repository.as_str());
            let hosts: Vec<&str> = others.filter(|other| other != repository).filter_map(host_of).collect();
            Some(diagnosis::host_unknown(project, repository, &hosts))
        }
        (RemoteError::HostKey { host, keys, .. }, code) => host_key(Some(project), host, keys, code),
        (_, "GIT-GH-MOVED") => Some(diagnosis::repository_moved(project, repository, error.raw())),
        _ => None,
    }
}

/// Both keys of a host that is not trusted, as far as they are known.
fn host_key(project: Option<&str>, host: &str, keys: &HostKeys, code: &str) -> Option<Diagnosis> {
    let (host, before) = match &keys.jump {
        Some(jump) => (jump.as_str(), Some(host)),
        None => (host, None),
    };
    let Some(offered) = &keys.offered else { return before.map(|before| diagnosis::jump_host_unseen(host, before)) };
    let (kind, fingerprint) = (offered.kind.as_str(), offered.fingerprint.as_str());
    if code == "GIT-SSH-HOSTKEY-CHANGED" {
        let known = keys.known.as_ref();
        let file = known.map(|known| known.file.display().to_string()).unwrap_or_default();
        let line = known.map_or(0, |known| known.line);
        let offered = format!("{kind} {fingerprint}");
        let known = known.map(|known| known.fingerprint.as_str());
        return Some(diagnosis::host_key_changed(host, &offered, known, &file, line));
    }
    let line = offered.line.as_deref();
    Some(diagnosis::host_key_unknown(&diagnosis::UnknownHost { project, host, before, kind, fingerprint, line }))
}

/// A host whose key could not be looked at, or is another than the known one.
pub(super) fn host(core: &Core, error: &RemoteError) -> Problem {
    let entry = match error.code() {
        Some(code) => core.world.catalogue.entry(&code),
        None => core.world.catalogue.match_text(Area::Git, error.raw()),
    };
    let code = entry.map_or(Code::new("GIT-UNKNOWN"), |entry| entry.code.clone());
    let summary = match (error, entry) {
        (RemoteError::HostKey { .. }, Some(entry)) => entry.title.clone(),
        _ => error.to_string(),
    };
    let mut problem = Problem::new(code, Subject::Workspace, summary).with_raw(error.raw());
    if let RemoteError::HostKey { host, keys, .. } = error
        && let Some(diagnosis) = host_key(None, host, keys, problem.code.as_str())
    {
        problem = diagnosis.of(problem);
    }
    core.world.catalogue.describe(&mut problem);
    problem
}

fn not_granted(target: &Target, request: &FetchRequest, raw: &str) -> Diagnosis {
    let (host, repository) = match &request.remote {
        Remote::Http { url } => (authority_of(url).unwrap_or_default(), url.splitn(4, '/').nth(3).unwrap_or_default()),
        Remote::Ssh { host, path, .. } => (host.as_str(), path.as_str()),
        Remote::Local { .. } => ("", ""),
    };
    let provider = target.provider();
    let credential = match &request.credential {
        Credential::Token { token, .. } | Credential::Login { password: token, .. } => {
            CredentialKind::of_token(token.expose())
        }
        Credential::Anonymous => CredentialKind::Anonymous,
        Credential::SshKey { .. } | Credential::SshPrivateKey { .. } | Credential::SshAgent => CredentialKind::SshKey,
    };
    let connection = target.connection.as_ref().map(|(name, _)| name.as_str());
    let operation = if target.writes { Operation::Push } else { Operation::Read };
    diagnosis::access_not_granted(&Refusal { provider, host, repository, connection, credential, operation, raw })
}

/// Host and port of a URL or of git's short form `user@host:path`, without the user.
fn authority_of(url: &str) -> Option<&str> {
    let authority = match url.split_once("://") {
        Some((_, rest)) => rest.split('/').next()?,
        None => url.split_once(':').filter(|(before, _)| !before.contains('/'))?.0,
    };
    authority.rsplit('@').next().filter(|authority| !authority.is_empty())
}

/// Like [`authority_of`], without the port.
fn host_of(url: &str) -> Option<&str> {
    let authority = authority_of(url)?;
    // An IPv6 address has colons of its own and brackets around it.
    if authority.starts_with('[') { authority.split_inclusive(']').next() } else { authority.split(':').next() }
}

/// Address, branch and kind of credential, as the sync used them.
fn asked(target: &Target, request: &FetchRequest) -> Vec<String> {
    let branch =
        if request.branch.is_empty() { "the default branch".to_owned() } else { format!("branch {}", request.branch) };
    let connection = match (&target.connection, &request.credential) {
        (_, Credential::Anonymous) => "without a credential".to_owned(),
        (Some((name, _)), Credential::Token { .. }) => format!("with the token of connection {name}"),
        (Some((name, _)), Credential::SshKey { path }) => {
            format!("with the SSH key {} of connection {name}", path.display())
        }
        (Some((name, _)), Credential::SshPrivateKey { .. }) => format!("with the private SSH key of connection {name}"),
        (_, Credential::Login { user, .. }) => format!("as {user}, with a password"),
        (Some((name, _)), Credential::SshAgent) => format!("with the SSH agent, as connection {name} says"),
        (None, _) => "with the SSH agent".to_owned(),
    };
    vec![format!("{branch} of {}", request.remote.display()), connection]
}

/// The engine names a project by its `dbt_project.yml`; in the workspace it has a name of its own. What
/// a setting of the workspace could mend is offered.
pub(super) fn of_project(core: &Core, target: &Target, mut problem: Problem) -> Problem {
    let project = target.name.clone();
    problem.subject = match problem.subject {
        Subject::Model { model, .. } => Subject::Model { project, model },
        Subject::File { path, .. } => Subject::File { project, path },
        Subject::Workspace
        | Subject::Store
        | Subject::Connection { .. }
        | Subject::Source { .. }
        | Subject::Project { .. } => Subject::Project { name: project },
    };
    if problem.code.as_str() == "DBT-DEPS-NOT-RUN" {
        return packages_missing(target, problem);
    }
    if target.folder.is_some() {
        // A folder has no ebb.toml that a fix could change.
        return problem;
    }
    let place = problem.place.as_ref().map(|place| format!("{}:{}", place.file, place.line)).unwrap_or_default();
    let quoted = problem.summary.split('\'').nth(1).unwrap_or_default().to_owned();
    let missing = |value_here| [MissingVariable { name: &quoted, place: &place, value_here }];
    let diagnosis = match problem.code.as_str() {
        "DBT-ENV-VAR" => diagnosis::env_vars_missing(&target.name, &missing(core.world.environment.variable(&quoted))),
        "DBT-VAR-MISSING" => diagnosis::vars_missing(&target.name, &missing(None)),
        "DBT-VERSION-REQUIRE" => {
            let wanted: Vec<&str> =
                problem.summary.rsplit('[').next().unwrap_or_default().split('\'').skip(1).step_by(2).collect();
            diagnosis::version_required(&target.name, &target.settings.dbt_version, &wanted, &DBT_VERSIONS)
        }
        _ => return problem,
    };
    diagnosis.of(problem)
}

/// Packages that are asked for and not there: what brings them, by a key.
fn packages_missing(target: &Target, mut problem: Problem) -> Problem {
    problem.fixes.clear();
    let project = target.name.clone();
    let fix = match (&target.folder, target.settings.packages) {
        (Some(_), _) => {
            let action = Action::InstallPackages { project };
            Fix::new(
                "Fetch the packages into the packages folder (ebb deps), and load the project again",
                Grade::Ask,
                action,
            )
        }
        (None, PackagesSetting::Vendored) => {
            let title = "Let syncs fetch the packages (packages = \"fetch\"), and sync again";
            Fix::set_project_key(title, Grade::Safe, &project, "packages", "fetch", true)
        }
        (None, PackagesSetting::Fetch) => {
            Fix::new("Try again to fetch the packages", Grade::Safe, Action::Sync { project })
        }
    };
    problem.with_fix(fix)
}

/// What of the project's folder is not read, kind by kind: it loads without, and may lack something.
pub(super) fn left_out(target: &Target, left_out: &LeftOut) -> Vec<Problem> {
    let kinds = [
        ("GIT-SUBMODULE-NOT-READ", "a submodule", "submodules", &left_out.submodules),
        ("GIT-LINK-NOT-FOLLOWED", "a link that leads to no file", "links that lead to no file", &left_out.links),
        ("GIT-NAME-NOT-READ", "a name that is not UTF-8", "names that are not UTF-8", &left_out.names),
    ];
    let met = kinds.into_iter().filter(|(_, _, _, paths)| paths.count > 0);
    let problem = |(code, one, many, paths): (&'static str, &str, &str, &crate::git::Paths)| {
        let what = if paths.count == 1 { one.to_owned() } else { format!("{} {many}", paths.count) };
        let summary = format!("The project's folder has {what}, which is not read");
        let problem = Problem::new(Code::new(code), target.subject(), summary).with_severity(Severity::Warning);
        problem.with_evidence("Where", paths.first.clone())
    };
    met.map(problem).collect()
}

/// There was no `dbt_project.yml` to read: says where the real ones are and offers them.
pub(super) fn no_project(
    target: &Target,
    tree: &dyn FileTree,
    worked_before: bool,
    problems: Vec<Problem>,
) -> Vec<Problem> {
    let listed = tree.list("").unwrap_or_default();
    let found = diagnosis::found_project_paths(listed.iter().map(|file| file.path.as_str()));
    let wanted = WantedProjectPath {
        project: &target.name,
        path: &target.settings.project_path,
        branch: &target.branch,
        repository: &target.repository,
        worked_before,
    };
    let explain = |problem: Problem| match problem.code.as_str() {
        "DBT-PROJECT-PATH" => diagnosis::project_path(&wanted, &found).of(problem),
        _ => problem,
    };
    problems.into_iter().map(explain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_urls() {
        let hosts = [
            ("https://github.com/a/b", Some("github.com")),
            ("ssh://git@git.acme.example:22/a", Some("git.acme.example")),
            ("git@github.com:a/b", Some("github.com")),
            ("http://[::1]:8080/a", Some("[::1]")),
            ("../shop.git", None),
            ("", None),
        ];
        for (url, host) in hosts {
            assert_eq!(host_of(url), host, "{url}");
        }
    }
}
