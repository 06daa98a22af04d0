//! Repositories that nobody here wrote: whatever is in them becomes a problem, within bounds, and the
//! rest loads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, reason = "a test")]

#[path = "dbt/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ebbtide::dbt::{self, FileEntry, FileTree, LoadProgress, LoadStage, Loaded, MemoryTree, NodeKind, ReadError};

const PROJECT: (&str, &str) = ("dbt_project.yml", "name: p");
const SOUND: (&str, &str) = ("models/sound.sql", "select 1");

fn with(more: &[(&str, &str)]) -> Loaded {
    support::load_pairs(&[&[PROJECT, SOUND], more].concat())
}

/// The codes of the problems; the sound model is there.
fn codes(loaded: &Loaded) -> Vec<String> {
    let sound = &loaded.project.as_ref().expect("a project").nodes["model.p.sound"];
    assert_eq!(sound.compiled_code.as_deref(), Some("select 1"));
    loaded.problems.iter().map(|problem| problem.code.to_string()).collect()
}

#[test]
fn a_loop_of_a_thousand_million_turns_ends() {
    let loaded = with(&[("models/b.sql", "{% for i in range(1000000000) %}x{% endfor %}")]);
    assert_eq!(codes(&loaded).len(), 1);
    let nested = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
    assert_eq!(codes(&with(&[("models/b.sql", nested)])), ["DBT-JINJA-LIMIT"]);
}

#[test]
fn a_repository_of_endless_loops_is_held_shorter_and_shorter() {
    let endless = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
    let names: Vec<String> = (0..40).map(|n| format!("models/m{n}.sql")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), endless)).collect();
    assert_eq!(codes(&with(&files)), vec!["DBT-JINJA-LIMIT"; 40]);
}

#[test]
fn a_macro_that_calls_itself_ends() {
    let files = [("macros/m.sql", "{% macro m() %}{{ m() }}{% endmacro %}"), ("models/b.sql", "{{ m() }}")];
    assert_eq!(codes(&with(&files)), ["DBT-JINJA-LIMIT"]);
}

#[test]
fn a_variable_that_is_itself_ends() {
    let files = [("dbt_project.yml", "name: p\nvars: {x: \"{{ var('x') }}\"}\n"), ("models/b.sql", "{{ var('x') }}")];
    let loaded = with(&files);
    assert_eq!(codes(&loaded), ["DBT-JINJA-LIMIT"]);
}

#[test]
fn text_that_doubles_and_doubles_ends() {
    let text = "{% set ns = namespace(t='x' * 1000) %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}";
    assert_eq!(codes(&with(&[("models/b.sql", text)])), ["DBT-JINJA-LIMIT"]);
}

#[test]
fn regular_expressions_that_look_around_for_ever_end() {
    let table = [
        ("{% for i in range(90000) %}{{ modules.re.search('(?<=b)a', 'aaaa') }}{% endfor %}", "DBT-JINJA-LIMIT"),
        ("{% for i in range(90000) %}{{ modules.re.search('(?=a*b)c', 'a' * 900) }}{% endfor %}", "DBT-JINJA-LIMIT"),
        ("{{ modules.re.search('(a|ab|b)+(?<!b)\\\\1x', 'ab' * 8000) }}", "DBT-COMPILE"),
        ("{{ modules.re.sub('(?<!b)a', 'x' * 1000000, 'a' * 1000) }}", "DBT-JINJA-LIMIT"),
        ("{{ modules.re.search('(?=a)a', 'a' * 20000) }}", "DBT-COMPILE"),
        ("{{ modules.re.search('(?<=a', 'a') }}", "DBT-COMPILE"),
    ];
    for (text, code) in table {
        assert_eq!(codes(&with(&[("models/b.sql", text)])), [code], "{text}");
    }
}

#[test]
fn a_yaml_bomb_is_one_problem() {
    let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for n in 1..12 {
        text.extend([format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(","))]);
    }
    assert_eq!(codes(&with(&[("models/s.yml", &text)])), ["DBT-YAML-BOMB"]);
}

#[test]
fn binary_and_foreign_encodings_are_told() {
    let mut files: BTreeMap<String, Vec<u8>> =
        [PROJECT, SOUND].map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into();
    files.insert("models/latin.sql".to_owned(), b"select '\xe9'".to_vec());
    files.insert("models/picture.sql".to_owned(), vec![0x89, b'P', b'N', b'G', 0, 0xff]);
    files.insert("models/s.yml".to_owned(), b"models: [{name: \xff}]".to_vec());
    files.insert("seeds/data.csv".to_owned(), vec![0xff; 10]);
    let cancelled = AtomicBool::new(false);
    let loaded = dbt::load(&MemoryTree::new(files), &support::options(&cancelled), &|_| {});
    assert_eq!(codes(&loaded), ["DBT-ENCODING", "DBT-ENCODING", "DBT-ENCODING"]);
    assert!(loaded.project.expect("a project").nodes.contains_key("seed.p.data"));
}

#[test]
fn null_bytes_and_control_characters_are_text() {
    let loaded = with(&[("models/b.sql", "select '\u{0}\u{1b}[31m'")]);
    assert_eq!(codes(&loaded), Vec::<String>::new());
}

/// A tree with one file that says it is enormous.
struct Enormous(MemoryTree);

impl FileTree for Enormous {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let mut files = self.0.list(folder)?;
        for file in &mut files {
            if file.path.ends_with("big.sql") || file.path.ends_with("big.yml") {
                file.size = u64::MAX;
            }
        }
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        assert!(!path.contains("big"), "{path} was read");
        if path.contains("torn") {
            return Err(ReadError::Unreadable { path: path.to_owned(), reason: "the object is missing".to_owned() });
        }
        self.0.read(path)
    }
}

#[test]
fn enormous_and_unreadable_files_are_told_and_not_read() {
    let files = [PROJECT, SOUND, ("models/big.sql", "x"), ("models/big.yml", "x"), ("models/torn.sql", "x")];
    let cancelled = AtomicBool::new(false);
    let loaded = dbt::load(&Enormous(MemoryTree::new(files)), &support::options(&cancelled), &|_| {});
    assert_eq!(codes(&loaded), ["DBT-FILE-TOO-LARGE", "DBT-FILE-UNREADABLE", "DBT-FILE-TOO-LARGE"]);
}

#[test]
fn a_long_knot_of_models_is_one_problem() {
    let count = 300;
    let names: Vec<(String, String)> = (0..count)
        .map(|n| (format!("models/m{n:03}.sql"), format!("select * from {{{{ ref('m{:03}') }}}}", (n + 1) % count)))
        .collect();
    let files: Vec<(&str, &str)> = names.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let loaded = with(&files);
    assert_eq!(codes(&loaded), ["DBT-CYCLE"]);
}

#[test]
fn deep_nesting_of_text_is_refused_not_fatal() {
    let parentheses = format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    let blocks = format!("{}x{}", "{% if true %}".repeat(3000), "{% endif %}".repeat(3000));
    let flow = format!("models: {}", "[".repeat(50_000));
    let loaded = with(&[("models/b.sql", &parentheses), ("models/c.sql", &blocks), ("models/s.yml", &flow)]);
    assert_eq!(codes(&loaded).len(), 3);
}

#[test]
fn odd_project_files_give_no_project_and_one_problem() {
    for text in ["", "- a", "\u{0}", "a: b: c", "{{ name }}: x"] {
        let loaded = support::load_pairs(&[("dbt_project.yml", text)]);
        assert!(loaded.project.is_none(), "{text}");
        assert_eq!(loaded.problems.len(), 1, "{text}");
    }
}

#[test]
fn a_wrong_path_loads_nothing_and_says_which_path() {
    let cancelled = AtomicBool::new(false);
    let options =
        dbt::LoadOptions { project_path: "main/transform/dbt_project.yml".to_owned(), ..support::options(&cancelled) };
    let tree = MemoryTree::new([("transform/dbt_project.yml", "name: p"), ("transform/models/a.sql", "select 1")]);
    let loaded = dbt::load(&tree, &options, &|_| {});
    let problem = &loaded.problems[0];
    assert_eq!((loaded.project.is_none(), problem.code.as_str()), (true, "DBT-PROJECT-PATH"));
    assert!(problem.summary.contains("main/transform/dbt_project.yml"), "{}", problem.summary);
}

#[test]
fn a_project_in_a_folder_has_places_from_the_repositorys_root() {
    let cancelled = AtomicBool::new(false);
    let options =
        dbt::LoadOptions { project_path: "./transform/dbt_project.yml".to_owned(), ..support::options(&cancelled) };
    let tree = MemoryTree::new([("transform/dbt_project.yml", "name: p"), ("transform/models/a.sql", "{{ nope() }}")]);
    let loaded = dbt::load(&tree, &options, &|_| {});
    assert_eq!(loaded.problems[0].place.as_ref().expect("a place").file, "transform/models/a.sql");
    assert_eq!(loaded.project.expect("a project").nodes["model.p.a"].original_file_path, "models/a.sql");
}

#[test]
fn a_load_that_is_no_longer_wanted_gives_no_project() {
    let files: Vec<(String, String)> = (0..200).map(|n| (format!("models/m{n}.sql"), "select 1".to_owned())).collect();
    let tree = MemoryTree::new(files.into_iter().chain([(PROJECT.0.to_owned(), PROJECT.1.to_owned())]));
    let cancelled = AtomicBool::new(false);
    let loaded = dbt::load(&tree, &support::options(&cancelled), &|progress| {
        if progress.done == 3 {
            cancelled.store(true, Ordering::Relaxed);
        }
    });
    assert!(loaded.project.is_none());
    assert_eq!(loaded.problems, []);
}

#[test]
fn progress_tells_every_file_and_every_node() {
    let seen: Mutex<Vec<LoadProgress>> = Mutex::new(Vec::new());
    let cancelled = AtomicBool::new(false);
    let tree = MemoryTree::new([PROJECT, SOUND, ("models/s.yml", "models: []")]);
    dbt::load(&tree, &support::options(&cancelled), &|progress| seen.lock().expect("no panic").push(progress));
    let seen = seen.into_inner().expect("no panic");
    let last =
        |stage| seen.iter().filter(|progress| progress.stage == stage).max_by_key(|progress| progress.done).copied();
    assert_eq!(last(LoadStage::Parse), Some(LoadProgress { stage: LoadStage::Parse, done: 2, total: 2 }));
    assert_eq!(last(LoadStage::Compile), Some(LoadProgress { stage: LoadStage::Compile, done: 1, total: 1 }));
}

/// Counts how often files are read.
struct Counting(MemoryTree, AtomicU64);

impl FileTree for Counting {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        self.0.list(folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.read(path)
    }
}

#[test]
fn a_large_project_is_read_once_and_linked_whole() {
    let count = 1200;
    let mut files = BTreeMap::from([(PROJECT.0.to_owned(), PROJECT.1.to_owned())]);
    let mut yaml = "models:\n".to_owned();
    for n in 0..count {
        let parents: Vec<String> =
            (1..=3).filter(|back| n >= *back).map(|back| format!("{{{{ ref('m{}') }}}}, ", n - back)).collect();
        let parents = parents.concat();
        files.insert(format!("models/g{}/m{n}.sql", n % 10), format!("{{{{ config(tags=['g']) }}}}select {parents} 1"));
        yaml.extend([format!("  - name: m{n}\n    columns: [{{name: id, tests: [unique, not_null]}}]\n")]);
    }
    files.insert("models/s.yml".to_owned(), yaml);
    let tree = Counting(MemoryTree::new(files), AtomicU64::new(0));
    let cancelled = AtomicBool::new(false);
    let loaded = dbt::load(&tree, &support::options(&cancelled), &|_| {});
    assert_eq!(loaded.problems, []);
    let project = loaded.project.expect("a project");
    let of = |kind| project.nodes.values().filter(|node| node.kind == kind).count();
    assert_eq!((of(NodeKind::Model), of(NodeKind::Test)), (count, 2 * count));
    let edges: usize = project.children().values().map(Vec::len).sum();
    assert_eq!(edges, (3 * count - 6) + 2 * count);
    assert!(project.nodes.values().all(|node| node.compiled_code.is_some()));
    // Each model, the YAML file and the project once; looks for packages and the like beside.
    let read = tree.1.load(Ordering::Relaxed);
    assert!(read <= count as u64 + 10, "{read} reads");
}
