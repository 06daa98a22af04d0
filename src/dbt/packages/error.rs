//! Why packages could not be resolved, typed; and the problem that each becomes, with who wanted what.

use thiserror::Error;

use super::requirement::Requirement;
use super::version::NoVersion;
use crate::dbt::problems::codes;
use crate::problem::{Code, Fix, Problem, Subject};

/// Most lines of evidence of one kind.
const MOST_LINES: usize = 20;

/// Why there is no set of packages; `E` is what a source of packages can fail with.
#[derive(Debug, Error)]
pub enum ResolveError<E> {
    #[error("a package could not be looked up")]
    Source { wanted: Vec<Requirement>, error: E },
    #[error("{error}")]
    Version { error: NoVersion, wanted: Vec<Requirement> },
    #[error("Package {name} was not found in the package index")]
    NotInHub { name: String, nearest: Vec<String>, wanted: Vec<Requirement> },
    #[error("Version error for package {name}: Could not find a satisfactory version from options: {options:?}")]
    Conflict { name: String, options: Vec<String>, wanted: Vec<Requirement> },
    #[error("Could not find a matching compatible version for package {name}")]
    NoneFits {
        name: String,
        range: String,
        installable: Vec<String>,
        /// Every version of the hub with the dbt versions that it needs.
        all: Vec<(String, Vec<String>)>,
        /// The dbt version that was asked for; none where any was taken.
        dbt_version: Option<String>,
        wanted: Vec<Requirement>,
    },
    #[error("git dependencies should contain exactly one version")]
    Revisions { revisions: Vec<String>, wanted: Vec<Requirement> },
    #[error("one package is wanted as two kinds of package")]
    Kinds { wanted: Vec<Requirement> },
    #[error("Found duplicate project {project:?}")]
    Duplicate { project: String, packages: Vec<String> },
    #[error("Found a dependency with the same name as the root project {project:?}")]
    NamedAsRoot { project: String, package: String },
    #[error("{name:?} is no name of a folder")]
    Name { name: String, package: String },
    #[error("a package holds no dbt_project.yml")]
    NoProject { wanted: Requirement, found: Vec<String> },
    #[error("a package's own files are at fault")]
    Package { problems: Vec<Problem> },
    #[error("the hub's entry of {name} is at fault: {sentence}")]
    HubEntry { name: String, sentence: String },
    #[error("packages ask for each other without end")]
    Endless { wanted: Requirement },
}

impl<E> ResolveError<E> {
    /// The problems that it is, about `subject`; `source` says what a source's failure is.
    pub fn into_problems(
        self,
        subject: Subject,
        source: impl FnOnce(E, Option<&Requirement>) -> Problem,
    ) -> Vec<Problem> {
        let shape = Shape { subject };
        let problem = match self {
            Self::Source { wanted, error } => {
                let problem = source(error, wanted.first());
                asked_for(problem, &wanted)
            }
            Self::Version { error, wanted } => {
                let fix = "Write versions as 1.2.3 or >=1.2.3, a range as a list of two";
                let copy = "    version: [\">=1.0.0\", \"<2.0.0\"]";
                shape.problem(codes::DEPS_VERSION, &error.to_string(), &wanted).with_fix(Fix::copy(fix, copy))
            }
            Self::NotInHub { name, nearest, wanted } => shape.not_in_hub(&name, &nearest, &wanted),
            Self::Conflict { name, options, wanted } => {
                let options: Vec<String> = options.iter().map(|option| format!("'{option}'")).collect();
                let sentence = format!(
                    "Version error for package {name}: Could not find a satisfactory version from options: [{}]",
                    options.join(", ")
                );
                let cause = format!("No version of {name} lies in all the ranges that are asked for");
                shape.problem(codes::DEPS_VERSION, &sentence, &wanted).with_cause(cause)
            }
            Self::NoneFits { name, range, installable, all, dbt_version, wanted } => {
                let fit = Fit { name, range, installable, all, dbt_version };
                shape.none_fits(&fit, &wanted)
            }
            Self::Revisions { revisions, wanted } => {
                let name = wanted.first().map(|wanted| wanted.package.name()).unwrap_or_default();
                let quoted: Vec<String> = revisions.iter().map(|revision| format!("'{revision}'")).collect();
                let sentence = format!(
                    "git dependencies should contain exactly one version. {name} contains: {{{}}}",
                    quoted.join(", ")
                );
                shape.problem(codes::DEPS_MULTI_VERSION, &sentence, &wanted)
            }
            Self::Kinds { wanted } => {
                let words: Vec<String> = wanted.iter().map(|wanted| wanted.package.in_words()).collect();
                let sentence = format!(
                    "Cannot incorporate {}: mismatched types",
                    words.iter().rev().cloned().collect::<Vec<_>>().join(" in ")
                );
                shape.problem(codes::DEPS_MULTI_VERSION, &sentence, &wanted)
            }
            Self::Duplicate { project, packages } => {
                let sentence = format!(
                    "Found duplicate project \"{project}\". This occurs when a dependency has the same project name as some other dependency."
                );
                shape
                    .problem(codes::DEPS_MULTI_VERSION, &sentence, &[])
                    .with_evidence("Packages of that name", packages)
            }
            Self::NamedAsRoot { project, package } => {
                let sentence = format!(
                    "Found a dependency with the same name as the root project \"{project}\". Package names must be unique in a project. Please rename one of these packages."
                );
                shape
                    .problem(codes::DEPS_MULTI_VERSION, &sentence, &[])
                    .with_evidence("Package of that name", vec![package])
            }
            Self::Name { name, package } => {
                let sentence = format!("The project of {package} is called {name:?}, which is no name of a folder");
                shape.problem(codes::DEPS_MALFORMED, &sentence, &[])
            }
            Self::NoProject { wanted, found } => shape.no_project(&wanted, found),
            Self::HubEntry { name, sentence } => {
                let sentence = format!("The hub's entry of {name} is at fault: {sentence}");
                shape.problem(codes::DEPS_MALFORMED, &sentence, &[])
            }
            Self::Endless { wanted } => {
                let sentence = "Packages ask for each other without end";
                let cause = "A package asks for one that, in the end, asks for it again, each time in a new way";
                shape.problem(codes::DEPS_CIRCLE, sentence, std::slice::from_ref(&wanted)).with_cause(cause)
            }
            Self::Package { problems } => return problems,
        };
        vec![problem]
    }
}

/// What there is of a package of the hub, when nothing of it fits.
struct Fit {
    name: String,
    range: String,
    installable: Vec<String>,
    all: Vec<(String, Vec<String>)>,
    dbt_version: Option<String>,
}

struct Shape {
    subject: Subject,
}

impl Shape {
    fn problem(&self, code: Code, sentence: &str, wanted: &[Requirement]) -> Problem {
        let summary = sentence.lines().next().unwrap_or_default().trim_end_matches('.');
        let problem = Problem::new(code, self.subject.clone(), summary).with_raw(sentence);
        asked_for(problem, wanted)
    }

    fn not_in_hub(&self, name: &str, nearest: &[String], wanted: &[Requirement]) -> Problem {
        let sentence = format!("Package {name} was not found in the package index");
        let problem = self.problem(codes::DEPS_NOT_IN_HUB, &sentence, wanted);
        let Some(first) = nearest.first() else { return problem };
        problem
            .with_evidence("Packages of the hub with a name like it", nearest.to_vec())
            .with_fix(Fix::copy(format!("Write {first} in packages.yml"), format!("  - package: {first}")))
    }

    fn none_fits(&self, fit: &Fit, wanted: &[Requirement]) -> Problem {
        let quoted: Vec<String> = fit.installable.iter().map(|version| format!("'{version}'")).collect();
        let mut sentence = format!(
            "Could not find a matching compatible version for package {}\n  Requested range: {}\n  Compatible versions: [{}]\n",
            fit.name,
            fit.range,
            quoted.join(", ")
        );
        if fit.dbt_version.is_some() {
            sentence.push_str("\n  Not shown: package versions incompatible with installed version of dbt-core\n  To include them, run 'dbt --no-version-check deps'");
        }
        let problem = self.problem(codes::DEPS_VERSION, &sentence, wanted);
        let newest = fit.all.iter().rev().take(MOST_LINES);
        let lines = newest.map(|(version, required)| match required.as_slice() {
            [] => version.clone(),
            required => format!("{version} needs dbt {}", required.join(", ")),
        });
        let lines: Vec<String> = lines.collect();
        let problem = if lines.is_empty() { problem } else { problem.with_evidence("Versions in the hub", lines) };
        let fix = match (fit.installable.last(), &fit.dbt_version) {
            (Some(latest), _) => Fix::copy(
                format!("Ask for {latest} in packages.yml, the newest that may be taken"),
                format!("    version: {latest}"),
            ),
            (None, Some(dbt)) => {
                Fix::read(format!("Set dbt_version to one that the package works with; it is {dbt} now"))
            }
            (None, None) => Fix::copy("Allow prereleases", "    install_prerelease: true"),
        };
        problem.with_fix(fix)
    }

    fn no_project(&self, wanted: &Requirement, found: Vec<String>) -> Problem {
        let sentence = format!("Package {} does not contain a dbt_project.yml file", wanted.package.name());
        let problem = self.problem(codes::PACKAGE_NO_PROJECT, &sentence, std::slice::from_ref(wanted));
        let folder = found.first().and_then(|path| path.rsplit_once('/')).map(|(folder, _)| folder.to_owned());
        let problem = if found.is_empty() { problem } else { problem.with_evidence("Projects of the package", found) };
        match folder {
            Some(folder) => {
                let title = format!("Add subdirectory: {folder} to the entry");
                problem.with_fix(Fix::copy(title, format!("    subdirectory: {folder}")))
            }
            None => problem,
        }
    }
}

/// Adds who wants what, and where the first of them stands.
fn asked_for(problem: Problem, wanted: &[Requirement]) -> Problem {
    let mut lines: Vec<String> = wanted.iter().map(Requirement::in_words).collect();
    lines.dedup();
    let place = wanted.iter().find_map(|wanted| wanted.place.clone());
    let problem = match place {
        Some(place) if problem.place.is_none() => problem.with_place(place),
        _ => problem,
    };
    if lines.is_empty() {
        problem
    } else {
        problem.with_evidence("Who wants it", lines.into_iter().take(MOST_LINES).collect())
    }
}
