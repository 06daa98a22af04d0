//! Which files of a project dbt reads, and their text: search by folder and ending, `.dbtignore`,
//! size and encoding. Knows nothing of what is in them.

mod ignore;

use crate::problem::{Problem, Severity};

use super::problems::{Problems, codes};
use super::project::ProjectFile;
use super::tree::{FileEntry, FileTree};
pub(crate) use ignore::IgnoreRules;

/// A larger file is not read: no model and no YAML file of a person comes near.
pub(crate) const LARGEST_FILE: u64 = 8 << 20;

/// One file of a project, not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectPath {
    /// From the tree's root.
    pub(crate) path: String,
    /// The path of `dbt_project.yml` under which it was found: `models`.
    pub(crate) searched: String,
    /// Below that: `core/orders.sql`.
    pub(crate) relative: String,
    pub(crate) size: u64,
}

impl ProjectPath {
    /// From the project's root: `models/core/orders.sql`.
    pub(crate) fn original(&self) -> String {
        let searched = self.searched.trim_end_matches('/');
        if searched.is_empty() { self.relative.clone() } else { format!("{searched}/{}", self.relative) }
    }

    /// The file's name without folders and ending.
    pub(crate) fn stem(&self) -> &str {
        let name = self.relative.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    pub(crate) fn ends_with(&self, extension: &str) -> bool {
        self.relative.to_ascii_lowercase().ends_with(extension)
    }
}

/// All files of one project, as listed once.
pub(crate) struct ProjectFiles {
    files: Vec<FileEntry>,
    ignore: IgnoreRules,
    folder: String,
}

impl ProjectFiles {
    /// Lists the project's folder and reads its `.dbtignore`.
    pub(crate) fn list(tree: &dyn FileTree, project: &ProjectFile, problems: &mut Problems) -> Self {
        let files = tree.list(&project.folder).unwrap_or_else(|error| {
            problems.file(error.code(), &project.folder, &error.to_string());
            Vec::new()
        });
        let ignore_path = project.path(".dbtignore");
        let is_there = files.iter().any(|file| file.path == ignore_path && file.size <= LARGEST_FILE);
        let text = is_there.then(|| tree.read(&ignore_path).ok()).flatten().unwrap_or_default();
        Self { files, ignore: IgnoreRules::parse(&String::from_utf8_lossy(&text)), folder: project.folder.clone() }
    }

    /// The files under any of `paths` that end in one of `extensions`, sorted by path.
    pub(crate) fn search(&self, paths: &[String], extensions: &[&str]) -> Vec<ProjectPath> {
        let mut found = Vec::new();
        for searched in paths {
            let folder = self.tree_folder(searched);
            for file in &self.files {
                let Some(relative) = below(&file.path, &folder) else { continue };
                let lower = relative.to_ascii_lowercase();
                let from_project = below(&file.path, &self.folder).unwrap_or(relative);
                if extensions.iter().any(|extension| lower.ends_with(extension)) && !self.ignore.matches(from_project) {
                    let searched = searched.trim_end_matches('/').to_owned();
                    found.push(ProjectPath {
                        path: file.path.clone(),
                        searched,
                        relative: relative.to_owned(),
                        size: file.size,
                    });
                }
            }
        }
        found
    }

    /// `./models/` of a project in `transform` -> `transform/models`.
    fn tree_folder(&self, searched: &str) -> String {
        let parts = self.folder.split('/').chain(searched.split('/')).filter(|part| !part.is_empty() && *part != ".");
        let mut folder: Vec<&str> = Vec::new();
        for part in parts {
            if part == ".." {
                folder.pop();
            } else {
                folder.push(part);
            }
        }
        folder.join("/")
    }
}

fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// A file's text, stripped as dbt strips it, and how many lines were stripped before it; what can't be
/// read becomes a problem.
pub(crate) fn read_text(
    tree: &dyn FileTree,
    file: &ProjectPath,
    subject: impl Fn() -> crate::problem::Subject,
) -> Result<(String, u32), Box<Problem>> {
    let refuse = |code, sentence: String| {
        let problem = Problem::new(code, subject(), sentence).with_place(crate::problem::Place::at(&file.path, 0, 0));
        Err(Box::new(problem.with_severity(Severity::Error)))
    };
    if file.size > LARGEST_FILE {
        let sentence = format!("{} has {} bytes; files over {LARGEST_FILE} bytes are not read", file.path, file.size);
        return refuse(codes::FILE_TOO_LARGE, sentence);
    }
    let bytes = match tree.read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(error.code(), error.to_string()),
    };
    if bytes.len() as u64 > LARGEST_FILE {
        let sentence = format!("{} has {} bytes; files over {LARGEST_FILE} bytes are not read", file.path, bytes.len());
        return refuse(codes::FILE_TOO_LARGE, sentence);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(stripped(&text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(at).copied().unwrap_or_default();
            let reason = if error.utf8_error().error_len().is_none() {
                "unexpected end of data"
            } else if (0xc2..=0xf4).contains(&byte) {
                "invalid continuation byte"
            } else {
                "invalid start byte"
            };
            let line = error.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() as u32 + 1;
            let sentence = format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}");
            let problem = Problem::new(codes::ENCODING, subject(), sentence);
            Err(Box::new(problem.with_place(crate::problem::Place::at(&file.path, line, 0))))
        }
    }
}

/// As Python's `strip` has it. Line ends stay as they are: templates make one kind of them when rendered.
fn stripped(text: &str) -> (String, u32) {
    let is_blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    let started = text.trim_start_matches(is_blank);
    let before = text.get(..text.len() - started.len()).unwrap_or_default();
    (started.trim_end_matches(is_blank).to_owned(), before.matches('\n').count() as u32)
}

#[cfg(test)]
mod tests;
