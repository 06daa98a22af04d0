//! Where a load's problems are gathered, and how each gets its code, subject and place.

use super::render::TemplateError;
use super::yaml::{self, Document, Mark, YamlErrorKind};
use crate::problem::{Code, Place, Problem, Severity, Subject};

/// The codes of this engine; what each means stands in the catalogue.
pub(crate) mod codes {
    use crate::problem::Code;

    pub(crate) const PROJECT_PATH: Code = Code::new("DBT-PROJECT-PATH");
    pub(crate) const PROJECT_NOT_DICT: Code = Code::new("DBT-PROJECT-NOT-DICT");
    pub(crate) const PROJECT_NO_NAME: Code = Code::new("DBT-PROJECT-NO-NAME");
    pub(crate) const PROJECT_INVALID: Code = Code::new("DBT-PROJECT-INVALID");
    pub(crate) const PROFILE_MISSING: Code = Code::new("DBT-PROFILE-MISSING");
    pub(crate) const PROFILE_TARGET: Code = Code::new("DBT-PROFILE-TARGET");
    pub(crate) const PROFILE_CREDS: Code = Code::new("DBT-PROFILE-CREDS");
    pub(crate) const ADAPTER_MISSING: Code = Code::new("DBT-ADAPTER-MISSING");
    pub(crate) const MANIFEST: Code = Code::new("DBT-MANIFEST");
    pub(crate) const SELECTOR: Code = Code::new("DBT-SELECTOR");
    pub(crate) const VERSION_REQUIRE: Code = Code::new("DBT-VERSION-REQUIRE");
    pub(crate) const YAML_SYNTAX: Code = Code::new("DBT-YAML-SYNTAX");
    pub(crate) const YAML_BOMB: Code = Code::new("DBT-YAML-BOMB");
    pub(crate) const YAML_DUP_KEY: Code = Code::new("DBT-YAML-DUP-KEY");
    pub(crate) const PROPERTIES_INVALID: Code = Code::new("DBT-PROPERTIES-INVALID");
    pub(crate) const PATCH_UNMATCHED: Code = Code::new("DBT-PATCH-UNMATCHED");
    pub(crate) const CONFIG_INVALID: Code = Code::new("DBT-CONFIG-INVALID");
    pub(crate) const ENV_VAR: Code = Code::new("DBT-ENV-VAR");
    pub(crate) const SECRET_ENV: Code = Code::new("DBT-SECRET-ENV");
    pub(crate) const VAR_MISSING: Code = Code::new("DBT-VAR-MISSING");
    pub(crate) const DEPS_NOT_RUN: Code = Code::new("DBT-DEPS-NOT-RUN");
    pub(crate) const DEPS_MALFORMED: Code = Code::new("DBT-DEPS-MALFORMED");
    pub(crate) const DEPS_VERSION: Code = Code::new("DBT-DEPS-VERSION");
    pub(crate) const DEPS_NOT_IN_HUB: Code = Code::new("DBT-DEPS-NOT-IN-HUB");
    pub(crate) const DEPS_CIRCLE: Code = Code::new("DBT-DEPS-CIRCLE");
    pub(crate) const PACKAGE_NO_PROJECT: Code = Code::new("DBT-PACKAGE-NO-PROJECT");
    pub(crate) const DEPS_MULTI_VERSION: Code = Code::new("DBT-DEPS-MULTI-VERSION");
    pub(crate) const REF_MISSING: Code = Code::new("DBT-REF-MISSING");
    pub(crate) const REF_DISABLED: Code = Code::new("DBT-REF-DISABLED");
    pub(crate) const SOURCE_MISSING: Code = Code::new("DBT-SOURCE-MISSING");
    pub(crate) const SOURCE_DISABLED: Code = Code::new("DBT-SOURCE-DISABLED");
    pub(crate) const AMBIGUOUS_REF: Code = Code::new("DBT-AMBIGUOUS-REF");
    pub(crate) const ACCESS: Code = Code::new("DBT-ACCESS");
    pub(crate) const GROUP_MISSING: Code = Code::new("DBT-GROUP-MISSING");
    pub(crate) const MACRO_UNDEFINED: Code = Code::new("DBT-MACRO-UNDEFINED");
    pub(crate) const DUP_NAME: Code = Code::new("DBT-DUP-NAME");
    pub(crate) const DUP_RELATION: Code = Code::new("DBT-DUP-RELATION");
    pub(crate) const DUP_PATCH: Code = Code::new("DBT-DUP-PATCH");
    pub(crate) const INFER_DEPS: Code = Code::new("DBT-INFER-DEPS");
    pub(crate) const JINJA_SYNTAX: Code = Code::new("DBT-JINJA-SYNTAX");
    pub(crate) const JINJA_LIMIT: Code = Code::new("DBT-JINJA-LIMIT");
    pub(crate) const COMPILE: Code = Code::new("DBT-COMPILE");
    pub(crate) const NEEDS_WAREHOUSE: Code = Code::new("DBT-NEEDS-WAREHOUSE");
    pub(crate) const PYTHON_MODEL: Code = Code::new("DBT-PYTHON-MODEL");
    pub(crate) const CYCLE: Code = Code::new("DBT-CYCLE");
    pub(crate) const DOC_MISSING: Code = Code::new("DBT-DOC-MISSING");
    pub(crate) const ENCODING: Code = Code::new("DBT-ENCODING");
    pub(crate) const FILE_TOO_LARGE: Code = Code::new("DBT-FILE-TOO-LARGE");
    pub(crate) const FILE_UNREADABLE: Code = Code::new("DBT-FILE-UNREADABLE");
}

/// What has been found so far, in the name of one project.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    project: String,
    found: Vec<Problem>,
}

impl Problems {
    /// The same, in the name of a project that is now known.
    #[must_use]
    pub(crate) fn named(self, project: &str) -> Self {
        Self { project: project.to_owned(), found: self.found }
    }

    /// The problems, with the project's name in those that were found before it was known.
    pub(crate) fn finish(mut self, project: &str) -> Vec<Problem> {
        for problem in &mut self.found {
            match &mut problem.subject {
                Subject::Project { name }
                | Subject::File { project: name, .. }
                | Subject::Model { project: name, .. } => project.clone_into(name),
                Subject::Workspace | Subject::Store | Subject::Connection { .. } | Subject::Source { .. } => {}
            }
        }
        self.found
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.found.push(problem);
    }

    pub(crate) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.found.extend(problems);
    }

    pub(crate) fn project_subject(&self) -> Subject {
        Subject::Project { name: self.project.clone() }
    }

    pub(crate) fn file_subject(&self, path: &str) -> Subject {
        Subject::File { project: self.project.clone(), path: path.to_owned() }
    }

    /// A problem about a file, pointing at a place in its text.
    pub(crate) fn build_at(&self, code: Code, path: &str, text: &str, at: Mark, sentence: &str) -> Problem {
        let summary = one_line(sentence);
        let problem = Problem::new(code, self.file_subject(path), summary).with_raw(sentence);
        problem.with_place(Place::in_text(path, text, at.line, at.column, word_width(text, at)))
    }

    /// Adds a problem about a file.
    pub(crate) fn at(&mut self, code: Code, path: &str, text: &str, at: Mark, sentence: &str) {
        let problem = self.build_at(code, path, text, at, sentence);
        self.push(problem);
    }

    /// Adds a problem about a file as a whole.
    pub(crate) fn file(&mut self, code: Code, path: &str, sentence: &str) {
        let problem = Problem::new(code, self.file_subject(path), one_line(sentence)).with_raw(sentence);
        self.push(problem.with_place(Place::at(path, 0, 0)));
    }

    /// Adds a template's failure in a YAML file.
    pub(crate) fn template(&mut self, path: &str, text: &str, at: Mark, error: &TemplateError) {
        self.at(error.code.clone(), path, text, at, &error.message);
    }

    /// Reads YAML; what is wrong with it becomes a problem, what is odd a warning.
    pub(crate) fn yaml(&mut self, path: &str, text: &str) -> Option<Document> {
        match yaml::parse(text) {
            Ok(document) => {
                for duplicate in &document.duplicates {
                    let sentence = format!("duplicate entry with key \"{}\"", duplicate.key);
                    let problem = self.build_at(codes::YAML_DUP_KEY, path, text, duplicate.second, &sentence);
                    let first = format!(
                        "first on line {}, again on line {}: the later one holds",
                        duplicate.first.line, duplicate.second.line
                    );
                    self.push(problem.with_severity(Severity::Warning).with_cause(first));
                }
                Some(document)
            }
            Err(error) => {
                let code = match error.kind {
                    YamlErrorKind::Syntax => codes::YAML_SYNTAX,
                    YamlErrorKind::Bomb => codes::YAML_BOMB,
                };
                let at = Mark { line: error.line, column: error.column };
                let problem = self.build_at(code, path, text, at, &error.sentence);
                self.push(problem.with_raw(error.dbt_message(text)));
                None
            }
        }
    }
}

/// The first line of a message, which is what a list shows.
pub(crate) fn one_line(sentence: &str) -> String {
    sentence.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// Width of the word at a place; 0 where there is none.
pub(crate) fn word_width(text: &str, at: Mark) -> u32 {
    let line = text.lines().nth(at.line.saturating_sub(1) as usize).unwrap_or_default();
    let rest = line.chars().skip(at.column.saturating_sub(1) as usize);
    rest.take_while(|c| c.is_alphanumeric() || "_-.+'\"".contains(*c)).count() as u32
}
