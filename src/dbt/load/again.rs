//! A load that knows of an earlier one: nothing is done where nothing has changed, only what has changed where
//! that can be told, and everything else anew.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use super::pool::Pool;
use super::{Load, Whole};
use crate::dbt::context::Uses;
use crate::dbt::kept::{Basis, Change, Hashing, Keeping, KeptBytes, KeptFile, changed_files, may_matter, read};
use crate::dbt::options::{LoadOptions, Loaded, Progress};
use crate::dbt::problems::{Problems, codes};
use crate::dbt::tree::{FileEntry, FileTree};
use crate::problem::{Code, Problem};

/// What an earlier load left.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// Which build of this program is running: what another has kept is not taken.
    pub program: &'a str,
    /// What [`Keeping::write`] wrote.
    pub kept: Option<&'a dyn KeptBytes>,
}

/// How much was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The earlier outcome holds.
    Nothing,
    /// So many files were read and made to nodes again.
    Files(usize),
    Everything,
}

/// A load, and what to keep of it.
#[derive(Debug)]
pub struct Again {
    pub loaded: Loaded,
    pub work: Work,
    /// Nothing where what is kept already says the same, or where there is no project.
    pub keeping: Option<Keeping>,
}

/// Loads the project as [`super::load`] does, with the same outcome, and with as little work as can be.
pub fn load_again(tree: &dyn FileTree, options: &LoadOptions<'_>, before: Before<'_>, progress: Progress<'_>) -> Again {
    let pool = Pool::new();
    let root = options.project_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (kept, listed) = pool.install(|| {
        rayon::join(
            || before.kept.and_then(|bytes| read(bytes, |basis| basis.fits(before.program, options))),
            || tree.list(root),
        )
    });
    let hashing = Hashing::new(tree, listed.as_deref().ok().map(|files| (root, files)));
    let files = || listed.iter().flatten().filter(|file| may_matter(file));
    let load = Load { tree: &hashing, options, progress };
    let renewed = match kept {
        None => None,
        Some(kept) => {
            let changed = changed_files(tree, &kept.files, files());
            match kept.basis.change(options) {
                Change::Looks(marks) if changed.is_empty() && !kept.has_looked_at(&marks) => {
                    let loaded = Loaded { project: Some(kept.project), problems: kept.problems };
                    return Again { loaded, work: Work::Nothing, keeping: None };
                }
                Change::Looks(marks) if kept.basis.in_parts => load.renew(&pool, kept, &changed, marks),
                Change::Looks(_) | Change::Everything => None,
            }
        }
    };
    let (made, work) = match renewed {
        Some((made, files)) => (Some(made), Work::Files(files)),
        None => (load.make(&pool), Work::Everything),
    };
    match made {
        Some(made) if !options.cancelled.load(Ordering::Relaxed) => {
            let hashes = hashing.finish();
            made.finish(options, before.program, files().cloned().collect(), hashes, work)
        }
        _ => Again { loaded: super::load(tree, options, progress), work: Work::Everything, keeping: None },
    }
}

/// A project with its problems, and what was found out while it was made.
pub(super) struct Made {
    pub(super) whole: Whole,
    pub(super) problems: Vec<Problem>,
    /// Files that were taken over as they were, by path.
    pub(super) carried: HashMap<String, KeptFile>,
    /// What settings and the names of nodes looked at, as far as it was taken over.
    pub(super) everybodys: Uses,
}

impl Load<'_> {
    /// Everything anew.
    fn make(&self, pool: &Pool) -> Option<Made> {
        let mut problems = Problems::default();
        let whole = self.run(pool, &mut problems)?;
        let problems = problems.finish(&whole.project.name);
        Some(Made { whole, problems, carried: HashMap::new(), everybodys: Uses::default() })
    }
}

impl Made {
    fn finish(
        self,
        options: &LoadOptions<'_>,
        program: &str,
        files: Vec<FileEntry>,
        mut hashes: HashMap<String, u128>,
        work: Work,
    ) -> Again {
        let Self { whole, problems, mut carried, mut everybodys } = self;
        let Whole { project, setup, setup_problems, mut footprints, in_parts } = whole;
        everybodys.extend(setup.shared.everybodys());
        everybodys.extend(setup.uses);
        let env = footprints.env().chain(carried.values().flat_map(|file| &file.uses.env)).cloned().collect();
        let mut basis = Basis::new(program, options, everybodys, env).of_projects(setup.shared.projects.values());
        basis.setup_problems = setup_problems;
        basis.in_parts = in_parts && !problems.iter().any(|problem| concerns_several_files(&problem.code));
        let keep = |file: FileEntry| match carried.remove(&file.path) {
            Some(known) => KeptFile { stamp: file.stamp, ..known },
            None => KeptFile {
                hash: hashes.remove(&file.path),
                uses: footprints.take(&file.path),
                path: file.path,
                size: file.size,
                stamp: file.stamp,
            },
        };
        let keeping = Keeping { basis, files: files.into_iter().map(keep).collect(), problems: problems.clone() };
        Again { loaded: Loaded { project: Some(project), problems }, work, keeping: Some(keeping) }
    }
}

/// Whether a problem of this code comes from what several files say or cost together.
pub(super) fn concerns_several_files(code: &Code) -> bool {
    let together = [
        codes::DUP_NAME,
        codes::DUP_PATCH,
        codes::DUP_RELATION,
        codes::CYCLE,
        codes::GROUP_MISSING,
        // Templates that cost too much leave less for the others.
        codes::JINJA_LIMIT,
    ];
    together.contains(code)
}
