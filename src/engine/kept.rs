//! Where loaded projects are kept between loads: one file a project and its settings, in the cache. It may be
//! removed at any time; whatever goes wrong with it costs a load and nothing else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::dbt::{self, Again, Before, FileTree, Keeping, KeptBytes, LoadOptions, Loaded, Progress, Project, Work};
use crate::workspace::make_private_folder;

/// Kept projects; the ones that were not written for longest go first.
const MOST: usize = 24;

/// Largest file taken back, in bytes: a project of 100,000 models is below it.
const LARGEST: u64 = 2 << 30;

/// A file that was begun so long ago will not be finished.
const ABANDONED: Duration = Duration::from_hours(1);

/// With fewer files renewed, what is kept stays as it is: to renew them once more is less than to write it all.
const MANY: usize = 24;

/// The place of one project.
#[derive(Clone, Debug)]
pub(super) struct KeptPlace {
    file: PathBuf,
}

/// A loaded project that is not written yet.
#[derive(Debug)]
pub(super) struct Unwritten {
    place: KeptPlace,
    keeping: Keeping,
}

impl KeptPlace {
    /// The place of what `name` stands for: a project with its target.
    pub(super) fn new(cache: &Path, name: &str) -> Self {
        Self { file: cache.join("parsed").join(format!("{name}.kept")) }
    }

    /// Loads a project with as little work as can be; what is to be written for the next time comes back.
    pub(super) fn load(
        &self,
        tree: &dyn FileTree,
        options: &LoadOptions<'_>,
        progress: Progress<'_>,
    ) -> (Loaded, Option<Unwritten>) {
        let Some(program) = program() else { return (dbt::load(tree, options, progress), None) };
        let kept = self.open();
        let before = Before { program: &program, kept: kept.as_ref().map(|kept| kept as &dyn KeptBytes) };
        let Again { loaded, work, keeping } = dbt::load_again(tree, options, before, progress);
        let is_worth_it = !matches!(work, Work::Files(files) if files < MANY);
        let unwritten = keeping.filter(|_| is_worth_it).map(|keeping| Unwritten { place: self.clone(), keeping });
        (loaded, unwritten)
    }

    fn open(&self) -> Option<Written> {
        let file = File::open(&self.file).ok()?;
        let length = file.metadata().ok()?.len();
        (length <= LARGEST).then_some(Written { file, length })
    }
}

/// A file of an earlier load: it stays what it is while it is open, also when another takes its place.
#[derive(Debug)]
struct Written {
    file: File,
    length: u64,
}

impl KeptBytes for Written {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(into, at)
    }
}

impl Unwritten {
    /// Writes it with the project of the same load. A cache that can't be written is as good as none.
    pub(super) fn write(&self, project: &Project) {
        let _not_kept = self.try_write(project);
    }

    fn try_write(&self, project: &Project) -> io::Result<()> {
        let file = &self.place.file;
        let folder = file.parent().unwrap_or(Path::new("."));
        make_private_folder(folder)?;
        sweep(folder);
        let beside = file.with_extension(format!("{}.new", std::process::id()));
        let written = self.write_to(project, &beside).and_then(|()| fs::rename(&beside, file));
        if written.is_err() {
            let _left_for_the_next_sweep = fs::remove_file(&beside);
        }
        written
    }

    /// Not made durable: what a crash of the machine leaves half written is known by its checksums.
    fn write_to(&self, project: &Project, path: &Path) -> io::Result<()> {
        let file: File = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let mut out = BufWriter::new(file);
        self.keeping.write(project, &mut out)?;
        out.flush()
    }
}

/// Which build this is: its file tells, whatever its version says.
fn program() -> Option<String> {
    let facts = std::env::current_exe().and_then(fs::metadata).ok()?;
    Some(format!("{} {} {} {}", env!("CARGO_PKG_VERSION"), facts.len(), facts.mtime(), facts.mtime_nsec()))
}

/// Removes the oldest files, and what was begun and never finished.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let now = SystemTime::now();
    let aged = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let age = now.duration_since(entry.metadata().ok()?.modified().ok()?).unwrap_or_default();
        Some((age, entry.path()))
    };
    let mut files: Vec<(Duration, PathBuf)> = entries.filter_map(aged).collect();
    files.sort();
    let (whole, begun): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(_, path)| path.extension().is_some_and(|ending| ending == "kept"));
    let abandoned = begun.into_iter().filter(|(age, _)| *age > ABANDONED);
    for (_, path) in whole.into_iter().skip(MOST - 1).chain(abandoned) {
        let _gone_already = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::dbt::{Adapter, EnvAccess, MemoryTree};

    fn load(place: &KeptPlace, model: &str) -> (Loaded, bool) {
        let cancelled = AtomicBool::new(false);
        let options = LoadOptions {
            project_path: "dbt_project.yml".to_owned(),
            database: "db".to_owned(),
            schema: "public".to_owned(),
            target_name: "dev".to_owned(),
            adapter: Adapter::Postgres,
            connection: indexmap::IndexMap::new(),
            vars: indexmap::IndexMap::new(),
            env: EnvAccess::Only(BTreeMap::new()),
            dbt_version: "1.7.20".to_owned(),
            run_started_at: jiff::Timestamp::UNIX_EPOCH,
            invocation_id: String::new(),
            cancelled: &cancelled,
        };
        let tree = MemoryTree::new([("dbt_project.yml", "name: shop\n"), ("models/orders.sql", model)]);
        let (loaded, unwritten) = place.load(&tree, &options, &|_| {});
        if let Some(unwritten) = &unwritten {
            unwritten.write(loaded.project.as_ref().unwrap());
        }
        (loaded, unwritten.is_some())
    }

    #[test]
    fn a_project_is_written_once_and_taken_back() {
        let cache = tempfile::tempdir().unwrap();
        let place = KeptPlace::new(cache.path(), "shop");
        let (first, is_written) = load(&place, "select 1");
        assert!(is_written);
        let (second, is_written) = load(&place, "select 1");
        assert!(!is_written);
        assert_eq!(first.project.unwrap().nodes, second.project.unwrap().nodes);
        let (third, is_written) = load(&place, "select 2");
        assert!(!is_written, "one file is renewed again and again");
        assert_eq!(third.project.unwrap().nodes["model.shop.orders"].raw_code, "select 2");
        assert_eq!(fs::metadata(&place.file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(cache.path().join("parsed")).unwrap().count(), 1);
    }

    #[test]
    fn whatever_stands_in_its_place_costs_a_load_and_nothing_else() {
        let cache = tempfile::tempdir().unwrap();
        let place = KeptPlace::new(cache.path(), "shop");
        load(&place, "select 1");
        for wrong in ["", "ebbkept1", "something else"] {
            fs::write(&place.file, wrong).unwrap();
            let (loaded, is_written) = load(&place, "select 1");
            assert!(is_written && loaded.project.is_some(), "{wrong}");
        }
        let nowhere = KeptPlace::new(Path::new("/proc/nowhere"), "shop");
        assert!(load(&nowhere, "select 1").0.project.is_some());
    }

    #[test]
    fn the_oldest_go_first_and_what_was_begun_long_ago() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("parsed");
        fs::create_dir_all(&folder).unwrap();
        let aged = |name: &str, minutes: u64| {
            let file = File::create(folder.join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(minutes * 60)).unwrap();
        };
        (0..MOST as u64 + 3).for_each(|number| aged(&format!("{number}.kept"), number));
        aged("a.1.new", 1);
        aged("b.2.new", 600);
        sweep(&folder);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), MOST - 1 + 1);
        assert!(folder.join("0.kept").exists() && folder.join("a.1.new").exists());
        assert!(!folder.join(format!("{}.kept", MOST + 2)).exists() && !folder.join("b.2.new").exists());
    }
}
