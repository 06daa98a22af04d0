//! Layers: what stands above the file, and in which order.

use super::*;

const FILE: &str = r#"
[git.acme]
provider = "github"
auth = { ssh_key = "~/.ssh/id" }

[projects.shop]
repository = "https://git.example/shop.git"

[projects."data-mart"]
repository = "https://git.example/mart.git"

[ui.keys]
sync = "s"
"#;

fn load(variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Workspace, Vec<Problem>> {
    load_text(FILE, variables, flags)
}

fn load_text(text: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Workspace, Vec<Problem>> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment = Environment::new(variables, "/home/ada", "/srv");
    let flags: Vec<Assignment> =
        flags.iter().map(|(key, value)| Assignment { key: (*key).into(), value: (*value).into() }).collect();
    Workspace::from_text(Location::File("/srv/acme/ebb.toml".into()), text.to_owned(), &environment, &flags)
}

/// The value at a path of keys, as JSON text, when one variable is set.
fn with_variable(name: &str, value: &str, path: &str) -> String {
    let workspace = load(&[(name, value)], &[]).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
    assert!(workspace.warnings.is_empty(), "{:#?}", workspace.warnings);
    at(&workspace.settings, path)
}

fn at(settings: &Settings, path: &str) -> String {
    let json = serde_json::to_value(settings).unwrap();
    json.pointer(path).map_or("nothing".to_owned(), ToString::to_string)
}

fn complaints(result: Result<Workspace, Vec<Problem>>) -> Vec<String> {
    let problems = result.map_or_else(|problems| problems, |workspace| workspace.warnings);
    problems.iter().map(|problem| format!("{} {}", problem.code, problem.summary)).collect()
}

#[test]
fn a_variable_is_a_path_in_upper_case() {
    let cases = [
        ("EBB_NAME", "x", "/name", "\"x\""),
        ("EBB_SYNC_PARALLEL", "2", "/sync/parallel", "2"),
        ("EBB_SYNC_CONNECT_TIMEOUT", "7", "/sync/connect_timeout", "7"),
        ("EBB_UI_THEME", "mono", "/ui/theme", "\"mono\""),
        ("EBB_UI_KEYS_SYNC", "none", "/ui/keys/sync", "\"none\""),
        ("EBB_PROJECTS_SHOP_BRANCH", "dev", "/projects/shop/branch", "\"dev\""),
        ("EBB_PROJECTS_SHOP_DBT_VERSION", "1.8", "/projects/shop/dbt_version", "\"1.8\""),
        ("EBB_PROJECTS_DATA_MART_BRANCH", "dev", "/projects/data-mart/branch", "\"dev\""),
        ("EBB_PROJECTS_SHOP_VARS", "{ a = 1 }", "/projects/shop/vars/a", "1"),
        ("EBB_GIT_ACME_AUTH", "ssh_agent", "/git/acme/auth", "\"ssh_agent\""),
        ("EBB_GIT_ACME_AUTH", "{ token = { env = 'T' } }", "/git/acme/auth/token/env", "\"T\""),
        ("EBB_GIT_ACME_AUTH_TOKEN_ENV", "T", "/git/acme/auth", "{\"token\":{\"env\":\"T\"}}"),
        ("EBB_GIT_ACME_AUTH_SSH_KEY", "/k", "/git/acme/auth", "{\"ssh_key\":\"/k\"}"),
        ("EBB_PROJECTS_NEW_ONE_REPOSITORY", "/r", "/projects/new_one/repository", "\"/r\""),
        ("EBB_PROJECTS_SHOP_BRANCH", "'a\"b'", "/projects/shop/branch", r#""a\"b""#),
    ];
    for (name, value, path, meant) in cases {
        assert_eq!(with_variable(name, value, path), meant, "{name}");
    }
}

#[test]
fn flags_win_over_variables_and_those_over_the_file() {
    let text = "[sync]\nkeep = 1\nparallel = 1\nmax_transfer = 1\n";
    let variables = [("EBB_SYNC_KEEP", "2"), ("EBB_SYNC_PARALLEL", "2")];
    let sync = load_text(text, &variables, &[("sync.keep", "3")]).unwrap().settings.sync;
    assert_eq!((sync.max_transfer, sync.parallel, sync.keep), (1, 2, 3));
    assert_eq!(sync.stall_timeout, Settings::default().sync.stall_timeout);
}

#[test]
fn the_last_flag_wins_and_any_name_can_be_said() {
    let flags =
        [("projects.\"a.B\".repository", "/r"), ("sync.keep", "1"), ("sync.keep", "2"), ("ui.keys.sync-now", "x")];
    let settings = load(&[], &flags).unwrap().settings;
    assert_eq!(settings.projects["a.B"].repository, "/r");
    assert_eq!(settings.sync.keep, 2);
    assert_eq!(settings.ui.keys["sync-now"], "x");
}

#[test]
fn without_a_file_the_layers_above_it_still_count() {
    let environment = Environment::new([("EBB_SYNC_KEEP".into(), "3".into())], "/home/ada", "/srv");
    let workspace = Workspace::load(Location::None, &environment, &[]).unwrap();
    assert_eq!((workspace.settings.sync.keep, workspace.name()), (3, String::new()));
    let folder = Workspace::load(Location::Folder("/srv/shop".into()), &environment, &[]).unwrap();
    assert_eq!(folder.name(), "shop");
}

#[test]
fn a_wrong_variable_is_named() {
    let cases = [
        (
            "EBB_SYNC_PARALLEL",
            "many",
            "CONFIG-ENV EBB_SYNC_PARALLEL: sync.parallel must be a whole number from 1 to 64, not a text",
        ),
        (
            "EBB_SYNC_PARALLEL",
            "0",
            "CONFIG-ENV EBB_SYNC_PARALLEL: sync.parallel must be a whole number from 1 to 64, not 0",
        ),
        ("EBB_UI_THEME", "mnoo", "CONFIG-ENV EBB_UI_THEME: ui.theme can't be \"mnoo\"; did you mean \"mono\"?"),
        (
            "EBB_SNYC_PARALLEL",
            "2",
            "CONFIG-ENV EBB_SNYC_PARALLEL: no setting has this name; did you mean EBB_SYNC_PARALLEL?",
        ),
        ("EBB_WORKSPAC", "2", "CONFIG-ENV EBB_WORKSPAC: no setting has this name; did you mean EBB_WORKSPACE?"),
        (
            "EBB_PROJECTS_SHOP_GIT",
            "acm",
            "CONFIG-ENV EBB_PROJECTS_SHOP_GIT: projects.shop.git names the Git connection \"acm\", which is not defined; did you mean \"acme\"?",
        ),
        ("EBB_UI_KEYS_NEW", "x", "CONFIG-ENV EBB_UI_KEYS_NEW: no setting has this name"),
    ];
    for (name, value, said) in cases {
        assert_eq!(complaints(load(&[(name, value)], &[])), [said], "{name}");
    }
}

#[test]
fn a_secret_in_a_variable_of_ours_is_refused_and_not_repeated() {
    let said = complaints(load(&[("EBB_GIT_ACME_AUTH_TOKEN", "hunter22")], &[]));
    assert_eq!(said, ["CONFIG-SECRET-LITERAL EBB_GIT_ACME_AUTH_TOKEN: git.acme.auth.token holds a secret itself"]);
}

#[test]
fn names_that_a_variable_can_not_tell_apart_are_refused() {
    let text = "[projects.a-b]\nrepository = 'x'\n[projects.a_b]\nrepository = 'x'\n";
    let said = complaints(load_text(text, &[("EBB_PROJECTS_A_B_BRANCH", "dev")], &[]));
    assert_eq!(said, ["CONFIG-ENV EBB_PROJECTS_A_B_BRANCH: it could mean projects.a-b.branch or projects.a_b.branch"]);
}

#[test]
fn reserved_and_foreign_variables_are_no_settings() {
    let variables = [("EBB_STATE_DIR", "/s"), ("EBB_WORKSPACE", "x"), ("EBBING", "x"), ("EBB_UI_THEME", "")];
    assert!(complaints(load(&variables, &[])).is_empty());
}

#[test]
fn a_wrong_flag_stops() {
    let cases = [
        ("sync.paralel", "2", "CONFIG-FLAG --set sync.paralel: sync.paralel is not a setting; did you mean parallel?"),
        (
            "sync.parallel",
            "x",
            "CONFIG-FLAG --set sync.parallel: sync.parallel must be a whole number from 1 to 64, not a text",
        ),
        ("sync..keep", "2", "CONFIG-FLAG --set sync..keep: it is no key"),
        (
            "git.acme.auth.token",
            "hunter22",
            "CONFIG-SECRET-LITERAL --set git.acme.auth.token: git.acme.auth.token holds a secret itself",
        ),
    ];
    for (key, value, said) in cases {
        let result = load(&[], &[(key, value)]);
        assert!(result.is_err(), "{key}");
        assert_eq!(complaints(result), [said], "{key}");
    }
}

#[test]
fn the_file_s_order_is_kept() {
    let text = "[projects.z]\nrepository = 'x'\n[projects.a]\nrepository = 'x'\n[projects.m]\nrepository = 'x'\n";
    let settings = load_text(text, &[], &[]).unwrap().settings;
    assert_eq!(settings.projects.keys().collect::<Vec<_>>(), ["z", "a", "m"]);
}

#[test]
fn a_missing_file_and_a_folder_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let environment = Environment::new([], "/home/ada", "/srv");
    for path in [folder.path().join("gone.toml"), folder.path().to_path_buf(), "/dev/null".into()] {
        let problems = Workspace::load(Location::File(path.clone()), &environment, &[]).unwrap_err();
        assert_eq!(problems[0].code.as_str(), "CONFIG-UNREADABLE");
        assert_eq!(problems[0].place.as_ref().unwrap().file, path.display().to_string());
    }
}

#[test]
fn a_huge_file_is_refused_and_a_large_one_is_not_slow() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ebb.toml");
    let environment = Environment::new([], "/home/ada", "/srv");
    std::fs::write(&path, "#".repeat(source::LARGEST as usize + 1)).unwrap();
    let problems = Workspace::load(Location::File(path), &environment, &[]).unwrap_err();
    assert!(problems[0].raw.contains("4 MiB"));
    // Each of these is quadratic for a careless search.
    for unit in ["=", "token=", "token=\"", "a://", "PRIVATE KEY-----", "[", "ghp_", "x.", "'''"] {
        let text = unit.repeat(300_000 / unit.len());
        assert!(load_text(&text, &[], &[]).is_err(), "{unit}");
    }
}

#[test]
fn the_name_is_the_file_s_or_the_folder_s() {
    assert_eq!(load_text("name = 'Acme'", &[], &[]).unwrap().name(), "Acme");
    assert_eq!(load_text("", &[], &[]).unwrap().name(), "acme");
}
