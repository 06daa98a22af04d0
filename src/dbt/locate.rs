//! The first step of a load: the project file that was asked for, or the problem that it is not there.

use super::options::LoadOptions;
use super::problems::{Problems, codes};
use super::read::LARGEST_FILE;
use super::tree::FileTree;
use crate::problem::Problem;

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
    problems.push(missing(&options.project_path, problems));
    None
}

/// What stands where is not told here: who asked can look into the tree and offer what it finds.
fn missing(asked: &str, problems: &Problems) -> Problem {
    let summary = format!("No dbt_project.yml found at expected path {asked}");
    Problem::new(codes::PROJECT_PATH, problems.project_subject(), summary)
}

/// A path as people type it, from the tree's root: no leading `/` or `./`.
fn clean(path: &str) -> String {
    let parts: Vec<&str> = path.trim().split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}
