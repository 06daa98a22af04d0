//! What is attacked: Jinja, YAML, and the loader of whole projects. Each takes any bytes; it may refuse them, and
//! must neither panic nor hang nor grow.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use ebbtide::dbt::{self, Adapter, EnvAccess, LoadOptions, ManifestFacts, MemoryTree, ProfileOptions};
use ebbtide::jinja::{Interpreter, Limits, MacroNaming, Scope, Template, UndefinedPolicy, Value, scan_blocks};
use indexmap::IndexMap;

struct Nothing;

impl Scope for Nothing {
    fn lookup(&self, _: &str) -> Option<Value> {
        None
    }
}

/// Reads a template and renders it, as text, as a value, and as dbt renders while it parses.
pub fn jinja(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let _blocks = scan_blocks(&source, &[]);
    let Ok(template) = Template::parse_with("t.sql", &source, MacroNaming::AsWritten) else { return };
    let never = AtomicBool::new(false);
    let nothing: Rc<dyn Scope> = Rc::new(Nothing);
    let limits = Limits { steps: 200_000, ..Limits::default() };
    for policy in [UndefinedPolicy::Default, UndefinedPolicy::Parse] {
        let mut interpreter = Interpreter::new(limits, &never);
        interpreter.set_undefined_policy(policy);
        let _text = interpreter.render(&template, &nothing);
    }
    let _value = Interpreter::new(limits, &never).render_native(&template, &nothing);
}

/// Reads the file as each YAML file that a project may have.
pub fn yaml(data: &[u8]) {
    let project = b"name: p\n".to_vec();
    load([("dbt_project.yml", project), ("models/a.sql", b"select 1 as id".to_vec()), ("models/s.yml", data.to_vec())]);
    let settings = [b"name: p\n", data].concat();
    load([("dbt_project.yml", settings), ("selectors.yml", data.to_vec()), ("packages.yml", data.to_vec())]);
    let profile = ProfileOptions {
        path: "profiles.yml",
        text: &String::from_utf8_lossy(data),
        profile: "p",
        target: None,
        vars: &IndexMap::new(),
        env: &EnvAccess::Only(BTreeMap::new()),
    };
    let _profile = dbt::read_profile(&profile);
}

/// Loads a project of files: each begins with a line `--- path`, as in the tests' data; what stands before the
/// first is a model.
pub fn loader(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut files = BTreeMap::from([("dbt_project.yml", b"name: p\n".to_vec())]);
    let mut parts = text.split("\n--- ");
    files.insert("models/a.sql", parts.next().unwrap_or_default().as_bytes().to_vec());
    for part in parts {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        files.insert(path.trim(), text.as_bytes().to_vec());
    }
    load(files);
}

/// Loads the project, and does with it what commands do: packages, selectors, the manifest there and back.
fn load<'f>(files: impl IntoIterator<Item = (&'f str, Vec<u8>)>) {
    let never = AtomicBool::new(false);
    let tree = MemoryTree::new(files);
    let options = options(&never);
    let _wanted = dbt::packages::wanted_packages(&tree, &options);
    let Some(project) = dbt::load(&tree, &options, &|_| {}).project else { return };
    let selectors = dbt::read_selectors(&tree, "", "", &options).unwrap_or_default();
    let resource_types = dbt::resource_types(&[]);
    let wanted = dbt::Wanted { resource_types: &resource_types, state: None, with_empty: true };
    if let Ok(spec) = dbt::Asked::default().spec(&selectors) {
        let _selected = dbt::select(&project, &spec, &wanted);
    }
    let mut manifest = Vec::new();
    if dbt::write_manifest(&project, &facts(), &mut manifest).is_ok() {
        let again = dbt::from_manifest(&manifest, "").expect("a manifest that was written is read");
        assert_eq!(again.nodes.len(), project.nodes.len());
    }
}

fn options(never: &AtomicBool) -> LoadOptions<'_> {
    LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "analytics".to_owned(),
        schema: "dev".to_owned(),
        target_name: "dev".to_owned(),
        adapter: Adapter::Postgres,
        connection: IndexMap::new(),
        vars: IndexMap::new(),
        env: EnvAccess::Only(BTreeMap::new()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::UNIX_EPOCH,
        invocation_id: String::new(),
        cancelled: never,
    }
}

fn facts() -> ManifestFacts {
    ManifestFacts {
        dbt_version: "1.7.20".to_owned(),
        generated_at: jiff::Timestamp::UNIX_EPOCH,
        invocation_id: String::new(),
        adapter: Adapter::Postgres,
        env: BTreeMap::new(),
        root_path: String::new(),
        selectors: Default::default(),
    }
}
