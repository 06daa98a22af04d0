//! Edits on real files: what changes, what stays, what is refused.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::workspace::{Auth, Git, Project, ProviderName, SecretRef};

const FILE: &str = r#"# Our workspace.
name = "acme" # shown on top

[git.acme] # the connection
provider = "github"
auth   =   "ssh_agent"   # agents only

# The shop.
[projects.shop]
repository = "git@github.com:acme/shop.git"
project_path = "main/transform/dbt_project.yml" # wrong
git = "acme"
# the end
"#;

struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

fn place(text: &str) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ebb.toml");
    fs::write(&path, text).unwrap();
    Place { folder, path }
}

fn environment() -> Environment {
    Environment::new([], "/home/ada", "/srv")
}

fn set_in(text: &str, key: &str, value: &str) -> Result<Edited, EditError> {
    let place = place(text);
    let edited = set(&place.path, &Version::of(text.as_bytes()), key, value, &environment());
    let now = fs::read_to_string(&place.path).unwrap();
    assert_eq!(now, edited.as_ref().map_or(text, |edited| &edited.after), "what is told is what is written");
    let left: Vec<_> = fs::read_dir(place.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file is left");
    edited
}

#[test]
fn one_line_changes_and_the_rest_stays() {
    let edited = set_in(FILE, "projects.shop.project_path", "\"transform/dbt_project.yml\"").unwrap();
    let expected = FILE.replace("\"main/transform/dbt_project.yml\"", "\"transform/dbt_project.yml\"");
    assert_eq!(edited.after, expected);
    assert_eq!(
        edited.diff,
        [
            "@@ -8,6 +8,6 @@",
            " # The shop.",
            " [projects.shop]",
            " repository = \"git@github.com:acme/shop.git\"",
            "-project_path = \"main/transform/dbt_project.yml\" # wrong",
            "+project_path = \"transform/dbt_project.yml\" # wrong",
            " git = \"acme\"",
            " # the end",
        ]
    );
}

#[test]
fn a_new_key_joins_its_table() {
    let edited = set_in(FILE, "projects.shop.branch", "\"main\"").unwrap();
    assert_eq!(edited.after, FILE.replace("git = \"acme\"\n", "git = \"acme\"\nbranch = \"main\"\n"));
}

#[test]
fn a_new_table_gets_a_header() {
    let edited = set_in(FILE, "sync.parallel", "2").unwrap();
    let expected = format!("{FILE}\n[sync]\nparallel = 2\n");
    assert_eq!(edited.after, expected);
    let edited = set_in(FILE, "sources.w.type", "'duckdb'").unwrap();
    assert_eq!(edited.after, format!("{FILE}\n[sources.w]\ntype = 'duckdb'\n"));
}

#[test]
fn what_a_killed_process_left_is_no_obstacle() {
    let place = place(FILE);
    let stale = place.folder.path().join(format!(".ebb.toml.{}.new", std::process::id()));
    fs::write(&stale, "half").unwrap();
    set(&place.path, &Version::of(FILE.as_bytes()), "sync.keep", "4", &environment()).unwrap();
    assert!(!stale.exists());
}

#[test]
fn values_of_every_kind_can_be_set() {
    for (key, value, line) in [
        ("name", "'x'", "name = 'x' # shown on top"),
        ("git.acme.auth", "{ token = { env = \"T\" } }", "auth   =   { token = { env = \"T\" } }   # agents only"),
        ("projects.shop.vars", "{ a = [1, 2.5, true] }", "vars = { a = [1, 2.5, true] }"),
        ("projects.shop.vars.\"a.b\"", "1", "\"a.b\" = 1"),
        ("projects.\"b 2.b\".repository", "\"x\"", "[projects.\"b 2.b\"]"),
    ] {
        let edited = set_in(FILE, key, value).unwrap();
        assert!(edited.after.lines().any(|other| other == line), "{key}: {}", edited.after);
    }
}

#[test]
fn a_table_under_a_header_gives_way_to_a_value() {
    let text = "[git.acme]\nprovider = \"git\"\n\n[git.acme.auth.token]\nenv = \"T\"\n";
    let edited = set_in(text, "git.acme.auth", "\"ssh_agent\"").unwrap();
    assert_eq!(edited.after, "[git.acme]\nprovider = \"git\"\nauth = \"ssh_agent\"\n");
}

#[test]
fn inline_and_dotted_tables_stay_what_they_are() {
    let text = "projects = { shop = { repository = \"x\" } }\nsync.keep = 3\n";
    assert_eq!(
        set_in(text, "projects.shop.branch", "\"b\"").unwrap().after,
        "projects = { shop = { repository = \"x\", branch = \"b\" } }\nsync.keep = 3\n"
    );
    assert_eq!(
        set_in(text, "sync.parallel", "3").unwrap().after,
        "projects = { shop = { repository = \"x\" } }\nsync.keep = 3\nsync.parallel = 3\n"
    );
}

#[test]
fn line_breaks_and_the_byte_order_mark_stay() {
    let windows = "[sync]\r\nkeep = 3 # k\r\nparallel = 2\r\n";
    assert_eq!(set_in(windows, "sync.keep", "4").unwrap().after, windows.replace('3', "4"));
    let marked = "\u{feff}[sync]\nkeep = 3\n";
    assert_eq!(set_in(marked, "sync.keep", "4").unwrap().after, marked.replace('3', "4"));
}

#[test]
fn what_can_not_be_set_is_refused() {
    let cases = [
        ("sync..keep", "1", "Key"),
        ("", "1", "Key"),
        ("name.first", "1", "Key"),
        ("sync.keep", "", "Value"),
        ("sync.keep", "1\n[ui]", "Value"),
        ("sync.keep", "1 # note", "Value"),
        ("sync.keep", "\"many\"", "WouldNotLoad"),
        ("projects.shop.git", "\"nowhere\"", "WouldNotLoad"),
        ("git.acme.auth", "{ token = \"hunter2\" }", "WouldNotLoad"),
    ];
    for (key, value, expected) in cases {
        let error = set_in(FILE, key, value).map(|edited| edited.after).unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{key} = {value}: {error:?}");
        let problem = format!("{:?}", error.to_problem());
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let place = place(FILE);
    let seen = Version::of(FILE.as_bytes());
    let theirs = FILE.replace("acme", "theirs");
    fs::write(&place.path, &theirs).unwrap();
    let error = set(&place.path, &seen, "sync.keep", "4", &environment()).unwrap_err();
    assert!(matches!(error, EditError::ChangedUnderneath { .. }), "{error:?}");
    assert_eq!(error.to_problem().code.as_str(), "CONFIG-CHANGED-UNDERNEATH");
    assert_eq!(fs::read_to_string(&place.path).unwrap(), theirs);
}

#[test]
fn a_change_between_the_check_and_the_writing_is_noticed_too() {
    let place = place(FILE);
    let seen = Version::of(FILE.as_bytes());
    fs::write(&place.path, "name = \"theirs\"\n").unwrap();
    let error = replace::replace(&place.path, &seen, "name = \"ours\"\n").unwrap_err();
    assert!(matches!(error, EditError::ChangedUnderneath { .. }), "{error:?}");
}

#[test]
fn of_many_writers_at_once_one_wins_and_nothing_is_mixed() {
    let place = place(FILE);
    let seen = Version::of(FILE.as_bytes());
    let written: Vec<Result<Edited, EditError>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..9)
            .map(|number| {
                let (path, seen) = (&place.path, &seen);
                scope.spawn(move || set(path, seen, "sync.keep", &number.to_string(), &environment()))
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let winners: Vec<_> = written.iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{written:?}");
    assert_eq!(fs::read_to_string(&place.path).unwrap(), winners[0].after);
}

#[test]
fn the_mode_stays_and_a_link_goes_on_pointing() {
    let place = place(FILE);
    let link = place.folder.path().join("link.toml");
    symlink(&place.path, &link).unwrap();
    fs::set_permissions(&place.path, fs::Permissions::from_mode(0o640)).unwrap();
    set(&link, &Version::of(FILE.as_bytes()), "sync.keep", "4", &environment()).unwrap();
    assert!(link.symlink_metadata().unwrap().file_type().is_symlink());
    assert!(fs::read_to_string(&place.path).unwrap().contains("keep = 4"));
    assert_eq!(fs::metadata(&place.path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_read_only_file_is_not_written() {
    let place = place(FILE);
    fs::set_permissions(&place.path, fs::Permissions::from_mode(0o444)).unwrap();
    let error = set(&place.path, &Version::of(FILE.as_bytes()), "sync.keep", "4", &environment()).unwrap_err();
    assert!(matches!(error, EditError::Unwritable { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&place.path).unwrap(), FILE);
}

#[test]
fn a_preview_writes_nothing() {
    let place = place(FILE);
    let changes = [Change::Remove { key: "projects.shop.git".to_owned() }];
    let edited = preview(&place.path, &Version::of(FILE.as_bytes()), &changes, &environment()).unwrap();
    assert_eq!(edited.after, FILE.replace("git = \"acme\"\n", ""));
    assert_eq!(fs::read_to_string(&place.path).unwrap(), FILE);
}

#[test]
fn removing_takes_keys_and_tables_and_minds_references() {
    let place = place(FILE);
    let version = Version::of(FILE.as_bytes());
    let error = remove(&place.path, &version, "git.acme", &environment()).unwrap_err();
    assert!(matches!(error, EditError::WouldNotLoad { .. }), "the shop needs it: {error:?}");
    let edited = remove(&place.path, &version, "projects.shop", &environment()).unwrap();
    assert!(!edited.after.contains("[projects") && edited.after.contains("[git.acme]"), "{}", edited.after);
    let again = remove(&place.path, &edited.version, "projects.shop", &environment()).unwrap();
    assert!(again.diff.is_empty());
}

#[test]
fn a_first_workspace_is_written_whole_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ebb.toml");
    let git = Git::of(ProviderName::Gitlab, Auth::Token(SecretRef::Env("TOKEN".into())));
    let shop =
        Project { git: Some("acme".into()), schema: "dbt".into(), ..Project::at("https://git.example/shop.git") };
    let changes = [connection("acme", &git).unwrap(), project("my shop", &shop).unwrap()].concat();
    let edited = create(&path, &changes, &environment()).unwrap();
    assert_eq!(
        edited.after,
        "[git.acme]\nauth = { token = { env = \"TOKEN\" } }\nprovider = \"gitlab\"\n\n\
         [projects.\"my shop\"]\ngit = \"acme\"\nrepository = \"https://git.example/shop.git\"\nschema = \"dbt\"\n"
    );
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let settings = Workspace::load(Location::File(path.clone()), &environment(), &[]).unwrap().settings;
    assert_eq!((&settings.git["acme"], &settings.projects["my shop"]), (&git, &shop));
    assert!(matches!(create(&path, &changes, &environment()), Err(EditError::Exists { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn keys_and_texts_are_quoted_where_they_must_be() {
    assert_eq!(key(&["projects", "shop", "env"]), "projects.shop.env");
    assert_eq!(key(&["projects", "a.b c", ""]), "projects.\"a.b c\".\"\"");
    assert_eq!(text("a\"b\\c"), r#"'a"b\c'"#);
    assert_eq!(text("main"), "\"main\"");
}
