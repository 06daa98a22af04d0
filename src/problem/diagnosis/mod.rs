//! What is wrong in this very case, and what mends it: pure functions that compare what was asked
//! with what was found on the spot. The catalogue knows the kind of problem; these know the values.

mod access;
mod branch;
mod credential;
mod host_key;
mod project_path;
mod reading;
mod remote;
mod variables;
mod version;

#[cfg(test)]
mod tests;

pub use access::{Operation, Refusal, access_not_granted};
pub use branch::branch_missing;
pub use credential::{CredentialKind, Provider};
pub use host_key::{UnknownHost, host_key_changed, host_key_unknown, jump_host_unseen};
pub use project_path::{FoundProjectPath, WantedProjectPath, found_project_paths, project_path};
pub use remote::{host_unknown, repository_moved};
pub use variables::{MissingVariable, env_vars_missing, vars_missing};
pub use version::version_required;

use super::fix::Fix;
use super::value::{Evidence, Problem};

/// What was found out about one problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// Why it happened, in sentences.
    pub cause: String,
    pub evidence: Vec<Evidence>,
    /// The best first.
    pub fixes: Vec<Fix>,
}

impl Diagnosis {
    /// The problem with this diagnosis: the cause takes the place of an earlier one, evidence and
    /// fixes are added.
    #[must_use]
    pub fn of(self, problem: Problem) -> Problem {
        let mut problem = problem.with_cause(self.cause);
        problem.evidence.extend(self.evidence);
        problem.fixes.extend(self.fixes);
        problem
    }
}

/// Most lines in one piece of evidence.
const MOST_LINES: usize = 20;

/// The lines, or the first [`MOST_LINES`] and how many there are beside.
fn shortened(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} more"));
    }
    lines
}
