//! The command line, through the real program: what it prints, where, and with which exit code.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use serde_json::Value;

use super::place::{Place, Ran, demo};

fn texts<'a>(rows: &'a [Value], key: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[key].as_str().unwrap_or_default()).collect()
}

#[test]
fn help_and_version_need_nothing() {
    let place = Place::new();
    let version = place.run(&["--version"]).exits(0);
    assert_eq!(version.out, format!("ebb {}\n", env!("CARGO_PKG_VERSION")));
    for command in
        ["sync", "models", "show", "history", "events", "problems", "fix", "explain", "config", "demo", "completions"]
    {
        let help = place.run(&[command, "--help"]).exits(0);
        assert!(help.out.contains("Usage: ebb"), "{command}: {}", help.out);
    }
    // Not even a broken configuration is looked at.
    place.write("ebb.toml", "][");
    place.run(&["--help"]).exits(0);
    assert_eq!(place.made(), ["ebb.toml"]);
}

#[test]
fn wrong_use_is_exit_code_2_and_says_what_is_right() {
    let place = demo();
    let table: [(&[&str], &str); 9] = [
        (&["synk"], "sync"),
        (&["sync", "shopp"], "did you mean shop?"),
        (&["models", "--project", "nobody"], "shop"),
        (&["show", "dim_custmers"], "did you mean dim_customers"),
        (&["fix", "99"], "ebb problems"),
        (&["fix", "GIT-DNS"], "ebb problems"),
        (&["explain", "DBT-PROJECT-PAHT"], "DBT-PROJECT-PATH"),
        (&["--set", "nonsense", "models"], "KEY=VALUE"),
        (&["completions", "bash", "--json"], "no JSON"),
    ];
    for (arguments, hint) in table {
        let ran = place.run(arguments).exits(2);
        assert!(ran.error.contains(hint), "{arguments:?}: {}", ran.error);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
}

#[test]
fn without_a_workspace_it_says_how_to_begin() {
    let place = Place::new();
    let ran = place.run(&[]).exits(0);
    assert!(ran.out.contains("ebb demo"), "{}", ran.out);
    for command in ["sync", "models", "history", "events", "problems"] {
        let ran = place.run(&[command]).exits(2);
        assert!(ran.error.contains("no workspace here"), "{}", ran.error);
    }
    assert_eq!(place.made(), [""; 0], "nothing was written anywhere");
}

#[test]
fn the_demo_says_what_happened_and_what_mends_it() {
    let place = Place::new();
    let ran = place.run(&["demo", "--dir", "somewhere"]).exits(0);
    assert!(ran.out.contains("shop     succeeded") && ran.out.contains("support  failed"), "{}", ran.out);
    assert!(ran.out.contains("DBT-PROJECT-PATH") && ran.out.contains("transform/dbt_project.yml"), "{}", ran.out);
    assert_eq!(ran.error, "");
    // A second time uses what is there.
    place.run(&["demo", "--dir", "somewhere"]).exits(0);
    let history = place.run(&["--workspace", "somewhere", "history", "--json"]).json();
    assert_eq!(texts(&history, "cause"), ["manual", "manual", "initial", "initial"]);
}

#[test]
fn the_demo_touches_nobodys_files() {
    let place = Place::new();
    place.write("full/thesis.txt", "years of work");
    let ran = place.run(&["demo", "--dir", "full"]).exits(1);
    assert!(ran.error.contains("DEMO-FOLDER"), "{}", ran.error);
}

#[test]
fn the_overview_has_every_project_with_its_state() {
    let place = demo();
    let ran = place.run(&[]).exits(0);
    assert!(ran.out.contains("shop     succeeded") && ran.out.contains("support  failed"), "{}", ran.out);
    assert!(ran.out.contains("1 open problem"), "{}", ran.out);
    let json = place.run(&["--json"]).json();
    assert_eq!(texts(json[0]["projects"].as_array().unwrap(), "name"), ["shop", "support"]);
}

#[test]
fn models_are_listed_as_lines_and_as_json() {
    let place = demo();
    let models = place.run(&["models", "--json"]).json();
    let ran = place.run(&["models"]).exits(0);
    assert_eq!(ran.out.lines().count(), models.len() + 1, "a head and a line each");
    assert!(texts(&models, "unique_id").contains(&"model.shop.dim_customers"));
    assert_eq!(place.run(&["models", "--project", "support", "--json"]).json().len(), 0);
}

#[test]
fn before_the_first_sync_there_is_nothing_and_that_is_said() {
    let place = Place::new();
    place.write("ebb.toml", "[projects.shop]\nrepository = \"shop.git\"\n");
    for (command, hint) in [("models", "ebb sync"), ("history", "ebb sync"), ("problems", "No problem is open")] {
        let ran = place.run(&[command]).exits(0);
        assert_eq!(ran.out, "");
        assert!(ran.error.contains(hint), "{command}: {}", ran.error);
        assert_eq!(place.run(&[command, "--json"]).json().len(), 0);
    }
}

#[test]
fn a_model_is_shown_whole() {
    let place = demo();
    let ran = place.run(&["show", "dim_customers"]).exits(0);
    for part in ["model.shop.dim_customers", "relation", "models/marts/core/dim_customers.sql", "SQL", "select"] {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }
    let json = place.run(&["show", "model.shop.dim_customers", "--project", "shop", "--json"]).json();
    assert_eq!((json.len(), json[0]["record"]["name"].as_str()), (1, Some("dim_customers")));
}

#[test]
fn a_folder_with_a_dbt_project_needs_no_set_up() {
    let place = Place::new();
    place.write("dbt_project.yml", "name: tiny\nversion: '1.0'\nprofile: tiny\n");
    place.write("models/a.sql", "select 1 as id");
    assert_eq!(texts(&place.run(&["models", "--json"]).json(), "name"), ["a"]);
    place.write("models/b.sql", "select * from {{ ref('a') }}");
    assert_eq!(texts(&place.run(&["models", "--json"]).json(), "name"), ["a", "b"], "uncommitted edits included");
    assert!(place.run(&["show", "b"]).exits(0).out.contains("model.tiny.b"));
}

#[test]
fn a_sync_tells_its_events_as_they_happen() {
    let place = demo();
    let events = place.run(&["sync", "shop", "--json"]).json();
    let names = texts(&events, "event");
    assert_eq!((names.first(), names.last()), (Some(&"sync_started"), Some(&"sync_finished")));
    assert!(events.iter().all(|event| event["project"] == "shop" && event["at"].is_string()));
    assert_eq!(events.last().unwrap()["unchanged"], true);
}

#[test]
fn a_failed_sync_is_exit_code_1_and_tells_the_problem_whole() {
    let place = demo();
    let ran = place.run(&["sync"]).exits(1);
    assert!(ran.out.contains("DBT-PROJECT-PATH") && ran.out.contains("Fixes"), "{}", ran.out);
    assert_eq!(ran.error, "", "no progress where there is no terminal");
    place.run(&["sync", "shop"]).exits(0);
    let flagged = place.run(&["sync", "shop", "--set", "projects.shop.branch=gone"]).exits(1);
    assert!(flagged.out.contains("gone"), "{}", flagged.out);
}

#[test]
fn history_is_filtered_and_limited() {
    let place = demo();
    place.run(&["sync", "shop"]).exits(0);
    assert_eq!(place.run(&["history", "--json"]).json().len(), 3);
    let shop = place.run(&["history", "--project", "shop", "--json"]).json();
    assert_eq!(texts(&shop, "project"), ["shop", "shop"]);
    assert_eq!(place.run(&["history", "--limit", "1", "--json"]).json().len(), 1);
    let ran = place.run(&["history"]).exits(0);
    assert!(ran.out.lines().count() == 4 && ran.out.contains("initial"), "{}", ran.out);
}

#[test]
fn a_problem_is_mended_with_one_command() {
    let place = demo();
    let before = place.read("ebb.toml");
    let open = place.run(&["problems", "--json"]).json();
    assert_eq!((open.len(), open[0]["problem"]["code"].as_str()), (1, Some("DBT-PROJECT-PATH")));
    let ran = place.run(&["fix", "DBT-PROJECT-PATH", "--yes"]).exits(0);
    assert!(ran.out.contains("support  succeeded"), "{}", ran.out);
    let after = place.read("ebb.toml");
    assert_ne!(before, after);
    let differing = before.lines().zip(after.lines()).filter(|(old, new)| old != new).count();
    assert_eq!((differing, before.lines().count()), (1, after.lines().count()), "one line changed, comments stay");
    assert_eq!(place.run(&["problems", "--json"]).json().len(), 0);
    let all = place.run(&["problems", "--all", "--json"]).json();
    assert_eq!(all[0]["state"]["state"], "mended");
    assert!(place.run(&["fix", "1"]).exits(0).error.contains("mended already"));
}

#[test]
fn a_fix_that_does_not_exist_changes_nothing() {
    let place = demo();
    let before = place.read("ebb.toml");
    place.run(&["fix", "1", "--fix", "77", "--yes"]).exits(2);
    place.run(&["fix", "1", "--fix", "0", "--yes"]).exits(2);
    assert_eq!(place.read("ebb.toml"), before);
}

#[test]
fn a_code_is_explained_without_a_workspace() {
    let place = Place::new();
    for code in ["DBT-PROJECT-PATH", "dbt_project_path", "dbt project path"] {
        let ran = place.run(&["explain", code]).exits(0);
        assert!(ran.out.contains("DBT-PROJECT-PATH") && ran.out.contains("Cause"), "{}", ran.out);
    }
    let json = place.run(&["explain", "GIT-GH-NOT-GRANTED", "--json"]).json();
    assert!(json[0]["cause"].as_str().is_some_and(|cause| !cause.is_empty()));
    assert!(place.run(&["explain", "write", "access", "granted"]).exits(2).error.contains("GIT-GH-NOT-GRANTED"));
}

#[test]
fn a_configuration_is_checked_with_line_and_column() {
    let place = Place::new();
    place.write(
        "ebb.toml",
        "[projects.shop]\nrepository = \"shop.git\"\nbrnch = \"main\"\n[sync]\nparallel = \"four\"\n",
    );
    let ran = place.run(&["config", "check"]).exits(2);
    assert!(ran.out.contains("ebb.toml:5:") && ran.out.contains('^'), "{}", ran.out);
    let problems = place.run(&["config", "check", "--json"]);
    assert_eq!(problems.code, 2);
    assert!(texts(&problems.lines(), "code").contains(&"CONFIG-TYPE"));
    // Every other command refuses it too, and says why on standard error.
    let ran = place.run(&["models"]).exits(2);
    assert!(ran.out.is_empty() && ran.error.contains("CONFIG-TYPE"), "{}", ran.error);
    let ran = place.run(&["models", "--json"]);
    let told: Value = serde_json::from_str(ran.error.lines().next().unwrap()).unwrap();
    assert_eq!((ran.code, ran.out.as_str(), told["problem"]["severity"].as_str()), (2, "", Some("error")));
    place.write("ebb.toml", "[projects.shop]\nrepository = \"shop.git\"\n");
    assert!(place.run(&["config", "check"]).exits(0).out.contains("is right: 1 project"));
}

#[test]
fn the_schema_is_json() {
    let schema: Value = serde_json::from_str(&Place::new().run(&["config", "schema"]).exits(0).out).unwrap();
    assert!(schema["properties"]["projects"].is_object());
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Place::new().run(&["completions", shell]).exits(0).out;
        assert!(["history", "explain", "workspace"].iter().all(|word| script.contains(word)), "{shell}");
    }
}

#[test]
fn output_into_a_file_has_no_colours_and_no_control_characters() {
    let place = demo();
    for arguments in [&["models"][..], &["problems"], &["fix", "1"], &["history"], &["show", "dim_customers"], &[]] {
        let ran = place.run(arguments);
        let text = format!("{}{}", ran.out, ran.error);
        assert!(!text.is_empty() && text.chars().all(|c| c == '\n' || !c.is_control()), "{arguments:?}: {text:?}");
    }
}

#[test]
fn foreign_text_steers_no_terminal() {
    let place = Place::new();
    place.write("dbt_project.yml", "name: tiny\nversion: '1.0'\n");
    place.write("models/a.sql", "select '\u{1b}[2J\u{9b}31m\u{202e}' as id");
    place.write("models/a.yml", "version: 2\nmodels:\n  - name: a\n    description: \"\\e]0;owned\\a \\e[31mred\"\n");
    for arguments in [&["show", "a"][..], &["show", "a", "--json"], &["models", "--json"]] {
        let ran = place.run(arguments).exits(0);
        let obeyed = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}';
        assert!(!ran.out.contains(obeyed), "{arguments:?}: {:?}", ran.out);
    }
}

#[test]
fn a_closed_pipe_is_no_noise() {
    let place = Place::new();
    let mut child =
        place.command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.error.as_str()), (141, ""));
}

#[test]
fn an_interrupt_ends_a_sync_cleanly() {
    let place = Place::new();
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    place.write("ebb.toml", &format!("[projects.shop]\nrepository = \"http://{address}/shop.git\"\n"));
    let mut child = place.command(&["sync", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("sync_started"));
    let (connection, _) = silent.accept().unwrap();
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ran = Ran::of(child.wait_with_output().unwrap());
    drop(connection);
    assert_eq!((ran.code, ran.error.as_str()), (130, ""));
    let history = place.run(&["history", "--json"]).json();
    assert_eq!(texts(&history, "state"), ["cancelled"]);
}

#[test]
fn a_kill_in_mid_sync_leaves_a_whole_store() {
    let place = Place::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    place.write("ebb.toml", &format!("[projects.shop]\nrepository = \"http://{address}/shop.git\"\n"));
    let mut child = place.command(&["sync"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (connection, _) = silent.accept().unwrap();
    let running = place.run(&["history", "--json"]).json();
    assert_eq!(texts(&running, "state"), ["running"], "another process sees it live");
    child.kill().unwrap();
    child.wait().unwrap();
    drop(connection);
    let history = place.run(&["history", "--json"]).json();
    assert_eq!(texts(&history, "state"), ["interrupted"]);
}

#[test]
fn a_damaged_history_is_named_and_left_alone() {
    let place = demo();
    let store = place.find("history.db");
    std::fs::write(&store, "not a database at all\n".repeat(500)).unwrap();
    let before = std::fs::read(&store).unwrap();
    let ran = place.run(&["history"]).exits(1);
    assert!(ran.error.contains("STORE-DAMAGED") && ran.error.contains("history.db"), "{}", ran.error);
    assert_eq!(std::fs::read(&store).unwrap(), before);
}

#[test]
fn the_history_is_as_long_as_the_settings_say() {
    let place = demo();
    for _ in 0..4 {
        place.run(&["sync", "shop", "--set", "sync.keep=2"]).exits(0);
    }
    assert_eq!(place.run(&["history", "--project", "shop", "--json"]).json().len(), 2);
    assert!(!place.run(&["models", "--json"]).json().is_empty());
}
