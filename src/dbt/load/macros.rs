//! The macros of all projects, and the lists of their files.

use std::sync::Arc;

use super::Load;
use super::pool::Pool;
use crate::dbt::context::{Shared, Target};
use crate::dbt::macros::{Macro, Macros, read_macros};
use crate::dbt::parse::{NodePaths, macro_named};
use crate::dbt::problems::{Problems, codes};
use crate::dbt::project::ProjectFile;
use crate::dbt::read::{ProjectFiles, ProjectPath, read_text};
use crate::dbt::yaml::Mark;
use crate::problem::{Problem, Subject};

/// Projects with their macros read and their files listed.
pub(super) struct Read {
    pub(super) shared: Arc<Shared>,
    /// In the order of `shared.projects`.
    pub(super) files: Vec<ProjectFiles>,
}

/// A YAML file and the package that it belongs to.
pub(super) type YamlPath = (String, ProjectPath);

impl Read {
    /// The files of nodes, and the YAML files about them.
    pub(super) fn paths(&self) -> (Vec<NodePaths>, Vec<YamlPath>) {
        let projects = || self.shared.projects.values().zip(&self.files);
        let nodes = projects().flat_map(|(project, files)| NodePaths::of(project, files)).collect();
        let yaml = projects().flat_map(|(project, files)| {
            let found = files.search(&project.all_source_paths(), &[".yml", ".yaml"]);
            found.into_iter().map(|file| (project.name.clone(), file))
        });
        (nodes, yaml.collect())
    }
}

/// What one macro file gave: its macros with its text, or why not.
type ReadFile = Result<(Vec<Macro>, String), Box<Problem>>;

impl Load<'_> {
    pub(super) fn read_macros(&self, pool: &Pool, projects: Vec<ProjectFile>, problems: &mut Problems) -> Read {
        let files: Vec<ProjectFiles> =
            projects.iter().map(|project| ProjectFiles::list(self.tree, project, problems)).collect();
        let paths: Vec<(String, ProjectPath)> = projects
            .iter()
            .zip(&files)
            .flat_map(|(project, files)| {
                let generic = project.test_paths.iter().map(|path| format!("{}/generic", path.trim_end_matches('/')));
                let all: Vec<String> = project.macro_paths.iter().cloned().chain(generic).collect();
                files.search(&all, &[".sql"]).into_iter().map(|file| (project.name.clone(), file))
            })
            .collect();
        let read = pool.map(&paths, |(package, file)| self.read_macro_file(package, file));
        let root = projects.first().map(|project| (project.name.clone(), project.dispatch.clone())).unwrap_or_default();
        let mut macros = Macros::new(&root.0, self.options.adapter, root.1);
        for project in &projects {
            macros.know_package(&project.name);
        }
        for result in read {
            match result {
                Ok((found, text)) => found.into_iter().for_each(|found| add(&mut macros, found, &text, problems)),
                Err(problem) => problems.push(*problem),
            }
        }
        let projects = projects.into_iter().map(|project| (project.name.clone(), project)).collect();
        Read { shared: Arc::new(Shared::new(Target::new(self.options), projects, macros)), files }
    }

    fn read_macro_file(&self, package: &str, file: &ProjectPath) -> ReadFile {
        let subject = || Subject::File { project: String::new(), path: file.path.clone() };
        let (text, lines) = read_text(self.tree, file, subject)?;
        // Lines as an editor counts them.
        let text = format!("{}{text}", "\n".repeat(lines as usize));
        match read_macros(package, &file.path, &text) {
            Ok(found) => Ok((found, text)),
            Err(error) => {
                let at = Mark { line: error.line(), column: error.column() };
                let problem = Problems::default().build_at(codes::JINJA_SYNTAX, &file.path, &text, at, error.message());
                Err(Box::new(problem))
            }
        }
    }
}

/// Adds a macro; says so when it is no template or when its name is taken.
fn add(macros: &mut Macros, added: Macro, text: &str, problems: &mut Problems) {
    let path = added.path.clone();
    if let Err(error) = &added.unit {
        let at = Mark { line: error.line(), column: error.column() };
        problems.at(codes::JINJA_SYNTAX, &path, text, at, error.message());
    }
    let (name, package) = (added.name.clone(), added.package.clone());
    if let Some(first) = macros.add(added) {
        let sentence = format!(
            "dbt found two macros named \"{name}\" in the project \"{package}\".\n To fix this error, rename or remove one of the following macros:\n    - {}\n    - {path}",
            first.path
        );
        match macro_named(text, &name) {
            Some(at) => problems.at(codes::DUP_NAME, &path, text, at, &sentence),
            None => problems.file(codes::DUP_NAME, &path, &sentence),
        }
    }
}
