//! Projects whose authors mean ill, through the real program: it ends, tells what it refused, does the rest, and
//! reads neither files nor variables that it was not given.

use std::os::unix::fs::symlink;

use super::place::{Place, Ran};

const PROFILE: &str = "p: {target: dev, outputs: {dev: {type: postgres, host: h, user: u, password: p, port: 5432, \
                       dbname: shop, schema: dev}}}";

/// A dbt project's folder with one sound model.
fn project(settings: &str, files: &[(&str, &str)]) -> Place {
    let place = Place::new();
    place.write("project/dbt_project.yml", &format!("name: p\nprofile: p\n{settings}"));
    place.write("project/profiles.yml", PROFILE);
    place.write("project/models/sound.sql", "select 1");
    for (path, text) in files {
        place.write(path, text);
    }
    place.in_folder("project")
}

/// A template that never ends, doubles for ever, nests for ever, or asks for all the memory: one at a time.
#[track_caller]
fn is_refused(text: &str, code: &str) {
    let place = project("", &[("project/models/hostile.sql", text), ("project/macros/m.sql", MACROS)]);
    let ran = place.run(&["compile"]).exits(1);
    assert!(ran.error.contains(&format!("{code} models/hostile.sql")), "{}", ran.error);
    assert!(ran.error.len() < 50_000 && ran.out.len() < 50_000, "{} bytes told", ran.error.len() + ran.out.len());
    assert_eq!(place.read("target/compiled/p/models/sound.sql"), "select 1");
}

const MACROS: &str = "{% macro again() %}{{ again() }}{% endmacro %}{% macro up(n) %}{{ down(n) }}{% endmacro %}
{% macro down(n) %}{% for i in [n] %}{{ up(i) }}{% endfor %}{% endmacro %}";

#[test]
fn a_loop_without_end_is_refused() {
    is_refused("{% set l = [1] %}{% for i in l %}{% do l.append(i) %}{% endfor %}", "DBT-JINJA-LIMIT");
}

#[test]
fn a_text_that_doubles_is_refused() {
    let text =
        "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}";
    is_refused(text, "DBT-JINJA-LIMIT");
}

#[test]
fn macros_that_call_each_other_are_refused() {
    is_refused("{{ again() }}", "DBT-JINJA-LIMIT");
    is_refused("{{ up(1) }}", "DBT-JINJA-LIMIT");
}

#[test]
fn a_configuration_that_holds_itself_is_refused() {
    is_refused("{% set l = [] %}{% do l.append(l) %}{{ config(meta=l) }}", "DBT-COMPILE");
}

#[test]
fn a_sentence_of_megabytes_is_told_shortly() {
    is_refused("{{ exceptions.raise_compiler_error('x' * 30000000) }}", "DBT-COMPILE");
}

#[test]
fn an_expression_of_brackets_is_refused() {
    is_refused(&format!("{{{{ {}1{} }}}}", "(".repeat(50_000), ")".repeat(50_000)), "DBT-JINJA-SYNTAX");
}

#[test]
fn files_outside_of_the_folder_are_not_there() {
    let settings = "model-paths: [models, linked, ../outside, /etc]\nmacro-paths: [macros, ../outside]\n";
    let outside = [("outside/secret.sql", "select 'secret'"), ("outside/secret.yml", "models: [{name: secret}]")];
    let place = project(settings, &outside);
    symlink(place.path("../outside"), place.path("linked")).unwrap();
    symlink(place.path("../outside/secret.sql"), place.path("models/link.sql")).unwrap();
    let ran = place.run(&["ls", "--output", "path"]);
    assert_eq!(ran.out, "models/sound.sql\n", "{ran:?}");
    assert!(!ran.error.contains("secret"), "{ran:?}");
}

#[test]
fn what_was_compiled_is_written_below_the_target_folder_alone() {
    let place = project("", &[("project/models/a.sql", "{{ config(alias='../../../escaped') }}select 1")]);
    place.run(&["compile"]).exits(0);
    assert!(!place.path("../escaped.sql").exists() && !place.path("escaped.sql").exists());
}

fn told(ran: &Ran) -> String {
    format!("{}{}", ran.out, ran.error)
}

#[test]
fn a_local_folder_sees_the_environment_as_dbt_does() {
    let place = project("", &[("project/models/env.sql", "select '{{ env_var('SHOP', 'nothing') }}'")]);
    let output = place.command(&["compile", "env"]).env("SHOP", "from outside").output().unwrap();
    assert!(told(&Ran::of(output)).contains("select 'from outside'"));
    assert!(told(&place.run(&["compile", "env"])).contains("select 'nothing'"));
}

#[test]
fn a_synced_repository_sees_only_the_projects_own_environment() {
    let place = Place::new();
    let sql =
        "select '{{ env_var('SHOP', 'nothing') }} {{ env_var('OWN', 'nothing') }} {{ env_var('HOME', 'nothing') }}'";
    let files: [(&str, &[u8]); 2] = [("dbt_project.yml", b"name: p\n"), ("models/env.sql", sql.as_bytes())];
    let commit = ebbtide::git::author::NewCommit {
        message: "Start",
        author: "Ada",
        email: "ada@acme.example",
        at: "2026-01-05T09:00:00Z".parse().unwrap(),
        files: &files,
    };
    ebbtide::git::author::create(&place.path("p.git"), "main", &[commit]).unwrap();
    place.write("ebb.toml", "[projects.p]\nrepository = \"p.git\"\nbranch = \"main\"\nenv = { OWN = \"given\" }\n");
    let synced = place.command(&["sync", "p"]).env("SHOP", "from outside").output().unwrap();
    assert!(synced.status.success(), "{}", told(&Ran::of(synced)));
    let shown = told(&place.run(&["show", "env", "--json"]).exits(0));
    assert!(shown.contains("select 'nothing given nothing'") && !shown.contains("from outside"), "{shown}");
}
