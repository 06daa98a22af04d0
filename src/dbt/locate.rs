//! The first step of a load: the project file that was asked for, or the problem that says which
//! ones there really are.

use super::options::LoadOptions;
use super::problems::{Problems, codes};
use super::project::{FoundProject, find_projects};
use super::read::LARGEST_FILE;
use super::tree::FileTree;
use crate::problem::{Action, Fix, Grade, Problem};

/// The project file's path from the tree's root, cleaned, and its text.
pub(crate) fn locate(
    tree: &dyn FileTree,
    options: &LoadOptions<'_>,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let path = clean(&options.project_path);
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let wanted = match path.as_str() {
        "" => "dbt_project.yml".to_owned(),
        path if is_file => path.to_owned(),
        folder => format!("{folder}/dbt_project.yml"),
    };
    if let Ok(bytes) = tree.read(&wanted) {
        if bytes.len() as u64 > LARGEST_FILE {
            problems.file(codes::FILE_TOO_LARGE, &wanted, "dbt_project.yml is larger than any project's");
            return None;
        }
        let Ok(text) = String::from_utf8(bytes) else {
            problems.file(codes::ENCODING, &wanted, "dbt_project.yml is not UTF-8");
            return None;
        };
        return Some((wanted, text));
    }
    let found = find_projects(tree).unwrap_or_default();
    let problem = missing(&options.project_path, &found, problems);
    problems.push(problem);
    None
}

fn missing(asked: &str, found: &[FoundProject], problems: &Problems) -> Problem {
    let summary = format!("No dbt_project.yml found at expected path {asked}");
    let problem = Problem::new(codes::PROJECT_PATH, problems.project_subject(), summary);
    let Some(best) = found.first() else {
        return problem.with_cause("The repository holds no dbt_project.yml at all").with_fix(Fix::new(
            "Choose the repository and branch that hold the dbt project",
            Grade::Show,
            Action::Read,
        ));
    };
    let cause = if clean(asked).ends_with(&format!("/{}", best.path)) {
        format!(
            "The path starts with something that is not in the repository, such as the branch's name: the project is at {}",
            best.path
        )
    } else {
        format!("The repository has its project elsewhere: {}", best.path)
    };
    let lines = found.iter().map(|project| {
        let models = if project.has_models { "" } else { " (no models folder beside it)" };
        format!("{}. {}{models}", project.rank, project.path)
    });
    problem.with_cause(cause).with_evidence("dbt_project.yml files in the repository", lines.collect())
}

/// A path as people type it, from the tree's root: no leading `/` or `./`.
fn clean(path: &str) -> String {
    let parts: Vec<&str> = path.trim().split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}
