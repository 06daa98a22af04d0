//! From what a project asks for to the packages themselves: the lock where it fits, else the resolver;
//! then each package, several at a time. Blocking; called off the async threads.

use std::thread;

use tokio::runtime::Handle;

use super::source::{Fetched, Source};
use super::source_error::SourceError;
use crate::dbt::LoadOptions;
use crate::dbt::packages::{Pinned, Resolved, WantedPackages, is_folder_name, resolve_packages};
use crate::problem::{Code, Problem, Subject};

/// Packages fetched at the same time.
const AT_ONCE: usize = 4;

/// A package with its files.
pub(super) struct Ready {
    pub(super) package: Pinned,
    pub(super) fetched: Fetched,
}

/// Chooses the versions of what is wanted.
pub(super) fn resolve(
    source: &Source,
    wanted: &WantedPackages,
    options: &LoadOptions<'_>,
    check_versions: bool,
    subject: &Subject,
) -> Result<Vec<Resolved>, Unresolved> {
    resolve_packages(wanted, options, check_versions, source).map_err(|error| {
        let mut unreachable = false;
        let problems = error.into_problems(subject.clone(), |error, wanted| {
            unreachable = error.is_network();
            error.into_problem(subject.clone(), wanted)
        });
        Unresolved { problems, unreachable }
    })
}

/// Why there is no set of packages.
pub(super) struct Unresolved {
    pub(super) problems: Vec<Problem>,
    /// True when nobody could be asked; what was found out before may still hold.
    pub(super) unreachable: bool,
}

/// Fetches every package, in order; what could not be fetched is told whole.
pub(super) fn fetch_all(
    source: &Source,
    wanted: &WantedPackages,
    packages: &[Pinned],
    anew: bool,
    subject: &Subject,
) -> Result<Vec<Ready>, Vec<Problem>> {
    let runtime = Handle::current();
    let mut ready = Vec::new();
    let mut problems = Vec::new();
    for few in packages.chunks(AT_ONCE) {
        let fetched: Vec<Result<Fetched, SourceError>> = thread::scope(|scope| {
            let fetch = |package| {
                let runtime = runtime.clone();
                scope.spawn(move || {
                    let _inside = runtime.enter();
                    source.fetch(package, anew)
                })
            };
            let started: Vec<_> = few.iter().map(fetch).collect();
            started.into_iter().map(|started| started.join().unwrap_or(Err(SourceError::Cancelled))).collect()
        });
        for (package, fetched) in few.iter().zip(fetched) {
            match fetched {
                Ok(fetched) => ready.push(Ready { package: package.clone(), fetched }),
                Err(error) => {
                    let requirement = wanted
                        .requirements
                        .iter()
                        .find(|wanted| package.in_words().starts_with(&wanted.package.name()));
                    let problem = error.into_problem(subject.clone(), requirement);
                    problems.push(problem.with_evidence("Package", vec![package.in_words()]));
                }
            }
        }
    }
    problems.extend(same_names(&ready, wanted, subject));
    if problems.is_empty() { Ok(ready) } else { Err(problems) }
}

/// Packages that cannot stand beside each other, which a lock file of somebody else's may hold.
fn same_names(ready: &[Ready], wanted: &WantedPackages, subject: &Subject) -> Vec<Problem> {
    let clash = |(index, one): (usize, &Ready)| {
        let name = &one.fetched.name;
        let taken = *name == wanted.project || ready.iter().take(index).any(|other| other.fetched.name == *name);
        let (code, summary) = match (is_folder_name(name), taken) {
            (true, false) => return None,
            (false, _) => (
                "DBT-DEPS-MALFORMED",
                format!("The project of {} is called {name:?}, which is no name of a folder", one.package.in_words()),
            ),
            (true, true) => ("DBT-DEPS-MULTI-VERSION", format!("Found duplicate project \"{name}\"")),
        };
        Some(
            Problem::new(Code::new(code), subject.clone(), summary)
                .with_evidence("Package", vec![one.package.in_words()]),
        )
    };
    ready.iter().enumerate().filter_map(clash).collect()
}
