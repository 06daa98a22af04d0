//! Why one package could not be had, typed; and the problem that it becomes.

use thiserror::Error;

use super::archive::ArchiveError;
use super::download::DownloadError;
use crate::dbt::packages::Requirement;
use crate::git::RemoteError;
use crate::problem::{Code, Fix, Problem, Subject, nearest_few};

/// Why one package could not be had.
#[derive(Debug, Error)]
pub(super) enum SourceError {
    #[error("{0}")]
    Download(DownloadError),
    /// The hub, or whoever answers in its place, says something that no hub says.
    #[error("{url} answered what no package hub answers: {reason}")]
    Answer { url: String, reason: String },
    #[error("the hub has no version {version} of {name}")]
    NoVersion { name: String, version: String, known: Vec<String> },
    #[error("the archive of {package} has the checksum {found}; the hub says {wanted}")]
    Checksum { package: String, url: String, wanted: String, found: String },
    #[error("the archive of {package} is not taken: {error}")]
    Archive { package: String, url: String, error: ArchiveError },
    #[error("Error checking out spec='{revision}' for repo {address}")]
    Git { address: String, revision: String, error: RemoteError },
    #[error("the package {package} does not contain a dbt_project.yml file")]
    NoProject { package: String, found: Vec<String> },
    #[error("the folder {path} of a local package cannot be read: {reason}")]
    Local { path: String, reason: String },
    #[error("{what}, which a synced repository may not ask for")]
    Refused { what: String },
    #[error("cancelled")]
    Cancelled,
}

impl From<DownloadError> for SourceError {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Cancelled => Self::Cancelled,
            other => Self::Download(other),
        }
    }
}

impl SourceError {
    /// Whether nobody could be asked; later, or from elsewhere, it may work.
    pub(super) fn is_network(&self) -> bool {
        match self {
            Self::Download(DownloadError::Unreachable { .. }) | Self::Answer { .. } => true,
            Self::Download(DownloadError::Status { status, .. }) => *status >= 500,
            Self::Git { error, .. } => matches!(
                error,
                RemoteError::Unreachable { .. } | RemoteError::TimedOut { .. } | RemoteError::Broken { .. }
            ),
            _ => false,
        }
    }

    /// The problem that it is, about `subject`.
    pub(super) fn into_problem(self, subject: Subject, wanted: Option<&Requirement>) -> Problem {
        let summary = self.to_string();
        let problem = |code: &'static str| Problem::new(Code::new(code), subject.clone(), &summary);
        match self {
            Self::Download(error) => match &error {
                DownloadError::Status { status, .. } if (400..500).contains(status) => {
                    let name = wanted.map_or_else(|| "package".to_owned(), |wanted| wanted.package.name());
                    problem("DBT-DEPS-NET").with_cause(format!(
                        "The place that {name} is downloaded from answers, but says that there is nothing, or not for us"
                    ))
                }
                DownloadError::TooLarge { .. } => problem("DBT-DEPS-ARCHIVE"),
                DownloadError::Insecure { .. } => problem("DBT-DEPS-REFUSED"),
                DownloadError::Address { .. } => problem("DBT-DEPS-MALFORMED"),
                DownloadError::Unreachable { raw, .. } => {
                    let raw = format!("External connection exception occurred: {raw}");
                    problem("DBT-DEPS-NET").with_raw(raw)
                }
                DownloadError::Status { .. } | DownloadError::Cancelled => problem("DBT-DEPS-NET"),
            },
            Self::Answer { .. } => problem("DBT-DEPS-NET").with_cause(
                "A proxy or a sign-in page answers in the hub's place, or DBT_PACKAGE_HUB_URL leads to something that is no hub",
            ),
            Self::NoVersion { name, version, known } => no_version(problem("DBT-DEPS-VERSION"), &name, &version, &known),
            Self::Checksum { url, wanted, found, package } => {
                let lines = vec![format!("the hub says  {wanted}"), format!("the archive is {found}"), url.clone()];
                let problem = problem("DBT-DEPS-CHECKSUM").with_evidence("SHA-1 checksums", lines);
                match git_entry(&url) {
                    Some(entry) => problem.with_fix(Fix::copy(format!("Take {package} from its repository"), entry)),
                    None => problem,
                }
            }
            Self::Archive { url, .. } => problem("DBT-DEPS-ARCHIVE").with_evidence("Archive", vec![url]),
            Self::Git { address, revision, error } => git(problem("DBT-DEPS-GIT"), &address, &revision, &error),
            Self::NoProject { package, found } => {
                let raw = format!("Package {package} does not contain a dbt_project.yml file");
                let problem = problem("DBT-PACKAGE-NO-PROJECT").with_raw(raw);
                if found.is_empty() { problem } else { problem.with_evidence("Projects of the package", found) }
            }
            Self::Local { path, .. } => problem("DBT-DEPS-LOCAL").with_evidence("Folder", vec![path]),
            Self::Refused { .. } => problem("DBT-DEPS-REFUSED"),
            Self::Cancelled => problem("DBT-DEPS-NET"),
        }
    }
}

fn no_version(problem: Problem, name: &str, version: &str, known: &[String]) -> Problem {
    let raw = format!("Could not find a matching compatible version for package {name}\n  Requested range: ={version}");
    let newest: Vec<String> = known.iter().rev().take(20).cloned().collect();
    let problem =
        problem.with_raw(raw).with_cause("The lock file pins a version that the hub does not have, or has no more");
    let problem = if newest.is_empty() { problem } else { problem.with_evidence("Versions in the hub", newest) };
    problem.with_fix(Fix::copy("Choose the versions anew", "ebb deps --upgrade"))
}

fn git(problem: Problem, address: &str, revision: &str, error: &RemoteError) -> Problem {
    let said = if error.raw().is_empty() { error.to_string() } else { error.raw().to_owned() };
    let raw = format!("Error checking out spec='{revision}' for repo {address}\n{said}");
    let problem = problem.with_raw(raw);
    let RemoteError::BranchMissing { branches, .. } = error else {
        return problem.with_cause(format!("The repository could not be read: {error}"));
    };
    let near: Vec<String> =
        nearest_few(revision, branches.iter().map(String::as_str), 8).into_iter().map(str::to_owned).collect();
    let problem = problem.with_cause(format!("The repository has no tag, branch or commit {revision:?}"));
    match near.first() {
        Some(first) => {
            let fix = Fix::copy(format!("Set revision to {first} in packages.yml"), format!("    revision: {first}"));
            problem.with_evidence("Tags and branches with a name like it", near).with_fix(fix)
        }
        None => problem.with_evidence("Tags and branches", branches.iter().rev().take(20).cloned().collect()),
    }
}

/// `https://codeload.github.com/OWNER/NAME/tar.gz/REF` as an entry with `git:`.
fn git_entry(url: &str) -> Option<String> {
    let (repository, reference) = url.strip_prefix("https://codeload.github.com/")?.split_once("/tar.gz/")?;
    let revision = reference.trim_start_matches("refs/tags/");
    Some(format!("  - git: https://github.com/{repository}.git\n    revision: {revision}"))
}
