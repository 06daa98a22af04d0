//! A load that takes over what an earlier one left gives exactly what a load from nothing gives; and it does no
//! more than it has to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "dbt/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use ebbtide::dbt::{self, Again, Before, EnvAccess, KeptBytes, LoadOptions, Loaded, MemoryTree, Work};

type Files = BTreeMap<String, String>;

/// A load of `files` after one that left `kept`; `change` changes the options.
fn again(files: &Files, kept: Option<&Vec<u8>>, change: impl Fn(&mut LoadOptions<'_>)) -> Again {
    let (cancelled, mut files) = (AtomicBool::new(false), files.clone());
    let mut options = support::case_options(&mut files, &cancelled);
    change(&mut options);
    let before = Before { program: "test", kept: kept.map(|bytes| bytes as &dyn KeptBytes) };
    dbt::load_again(&MemoryTree::new(files), &options, before, &|_| {})
}

fn kept(again: &Again) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    again.keeping.as_ref()?.write(again.loaded.project.as_ref()?, &mut bytes).unwrap();
    Some(bytes)
}

/// A load as a text, in which any difference shows.
fn told(loaded: &Loaded) -> String {
    let mut problems: Vec<String> = loaded.problems.iter().map(|problem| format!("{problem:#?}")).collect();
    problems.sort();
    let Some(project) = &loaded.project else { return problems.join("\n") };
    let nodes: Vec<String> = project.nodes.values().map(|node| format!("{node:#?}")).collect();
    let others = format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}",
        (&project.name, &project.version, &project.root, &project.folders, project.macros),
        project.children().into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        project.groups,
        project.docs,
        project.macro_definitions
    );
    format!("{}\n{others}\n{}", nodes.join("\n"), problems.join("\n"))
}

/// Both as texts; only what differs is shown.
fn assert_same(what: &str, ours: &Loaded, fresh: &Loaded) {
    let same = match (&ours.project, &fresh.project) {
        (Some(ours), Some(fresh)) => {
            ours.nodes == fresh.nodes
                && ours.nodes.keys().eq(fresh.nodes.keys())
                && ours.children() == fresh.children()
                && ours.macro_definitions == fresh.macro_definitions
                && (&ours.groups, &ours.docs) == (&fresh.groups, &fresh.docs)
                && ours.macros == fresh.macros
        }
        (ours, fresh) => ours.is_none() && fresh.is_none(),
    };
    let problems = |loaded: &Loaded| {
        let mut problems: Vec<String> = loaded.problems.iter().map(|problem| format!("{problem:?}")).collect();
        problems.sort();
        problems
    };
    if !same || problems(ours) != problems(fresh) {
        let (ours, fresh) = (told(ours), told(fresh));
        let (ours, fresh): (Vec<&str>, Vec<&str>) = (ours.lines().collect(), fresh.lines().collect());
        let at = ours.iter().zip(&fresh).position(|(one, other)| one != other).unwrap_or(ours.len().min(fresh.len()));
        let around = |lines: &[&str]| lines[at.saturating_sub(12)..(at + 8).min(lines.len())].join("\n");
        panic!("{what}: taken over:\n{}\n\nfrom nothing:\n{}", around(&ours), around(&fresh));
    }
}

/// What a person might do to a file.
fn edits(path: &str, text: &str) -> Vec<Option<String>> {
    let mut edits = vec![None];
    let mut add = |edited: String| edits.push(Some(edited));
    let ending = path.rsplit('.').next().unwrap_or_default();
    if ending == "sql" {
        add(format!("{text}\n-- one more line"));
        add(format!("\n\n{text}\n"));
        add(text.replacen("%}", "%} ", 1));
        if !text.contains("{% macro") && !text.contains("{% test") {
            for config in ["materialized='table', tags=['new']", "enabled=false", "alias='another'"] {
                add(format!("{{{{ config({config}) }}}}{text}"));
            }
            add(format!("{{{{ config(materialized='ephemeral') }}}}{text}"));
            add("{{ ref('not_there') }} {{ nonsense() }}".to_owned());
        }
        add(format!("{text}{{% macro one_more() %}}{{% endmacro %}}"));
    }
    if ending == "yml" {
        add(format!("{text}\n# one more line\n"));
        add(text.replacen("name: ", "name: other_", 1));
        add(text.replacen("description: ", "description: other ", 1));
        add(text.replacen("tests:", "tests_no_more:", 1));
        add(text.replacen("- unique", "- not_null", 1));
        add("version: 2\nmodels: [".to_owned());
    }
    if ending == "md" {
        add(text.replacen("{% enddocs", "and more {% enddocs", 1));
        add(text.replacen("docs ", "docs other_", 1));
    }
    if ending == "csv" {
        add(format!("{text}9,9\n"));
    }
    edits.retain(|edited| edited.as_deref() != Some(text));
    edits
}

/// Edits of the files of a project, and back again: every fourth, or with `EBB_EVERY_EDIT` in the environment all.
fn try_edits(name: &str, files: &Files) {
    let first = again(files, None, |_| {});
    let Some(kept) = kept(&first) else { return };
    let unchanged = again(files, Some(&kept), |_| {});
    assert_eq!(unchanged.work, Work::Nothing, "{name}");
    assert_same(name, &unchanged.loaded, &first.loaded);
    let added = [
        ("models/zz_added.sql", "select * from {{ ref('a') }}"),
        ("macros/ref_to.sql", "{% macro m() %}{% endmacro %}"),
    ];
    let added = added.map(|(path, text)| (path.to_owned(), Some(text.to_owned())));
    let paths = files.keys().filter(|path| !path.starts_with('@') && *path != "dbt_project.yml");
    let edited = paths.flat_map(|path| edits(path, &files[path]).into_iter().map(|edited| (path.clone(), edited)));
    let every = std::env::var_os("EBB_EVERY_EDIT").is_some();
    for (index, (path, text)) in edited.chain(added).enumerate() {
        if !every && !(index + name.len()).is_multiple_of(4) {
            continue;
        }
        let mut changed = files.clone();
        match &text {
            Some(text) => changed.insert(path.clone(), text.clone()),
            None => changed.remove(&path),
        };
        let ours = again(&changed, Some(&kept), |_| {});
        let fresh = again(&changed, None, |_| {});
        assert_same(&format!("{name}: {path}: {text:?}: {:?}", ours.work), &ours.loaded, &fresh.loaded);
        // What was renewed is kept as well as what was loaded from nothing.
        if let (Some(bytes), Work::Files(_)) = (self::kept(&ours), ours.work) {
            let back = again(files, Some(&bytes), |_| {});
            assert_same(&format!("{name}: back from {path}: {text:?}: {:?}", back.work), &back.loaded, &first.loaded);
        }
    }
}

/// A tenth of the projects of a data file.
fn try_projects(text: &str, share: usize) {
    for (index, case) in support::cases(text).iter().enumerate() {
        if index % 10 == share {
            try_edits(&case.name, &case.files);
        }
    }
}

macro_rules! shares {
    ($($sound:ident $broken:ident $share:literal;)*) => {
        $(
            #[test]
            fn $sound() {
                try_projects(include_str!("dbt/projects.txt"), $share);
            }

            #[test]
            fn $broken() {
                try_projects(include_str!("dbt/broken.txt"), $share);
            }
        )*
    };
}

shares! {
    sound_projects_0 broken_projects_0 0;
    sound_projects_1 broken_projects_1 1;
    sound_projects_2 broken_projects_2 2;
    sound_projects_3 broken_projects_3 3;
    sound_projects_4 broken_projects_4 4;
    sound_projects_5 broken_projects_5 5;
    sound_projects_6 broken_projects_6 6;
    sound_projects_7 broken_projects_7 7;
    sound_projects_8 broken_projects_8 8;
    sound_projects_9 broken_projects_9 9;
}

/// A project whose files look at many things.
fn shop() -> Files {
    let files = [
        (
            "dbt_project.yml",
            "name: p\nversion: '1.0'\nvars:\n  since: '2020'\n  unused: 1\nmodels:\n  p:\n    +schema: marts\n",
        ),
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "select * from {{ ref('a') }} where y > {{ var('since') }}"),
        ("models/c.sql", "select * from {{ ref('b') }} where {{ is_new('y') }}"),
        ("models/d.sql", "select '{{ env_var('KNOWN') }}' from {{ ref('c') }}"),
        ("models/e.sql", "{{ config(materialized='ephemeral') }}select 1"),
        ("models/f.sql", "select * from {{ ref('e') }}"),
        ("models/g.sql", "select '{{ run_started_at }}'"),
        (
            "models/b.yml",
            "version: 2\nmodels:\n  - name: b\n    description: \"{{ doc('about_b') }}\"\n    columns:\n      - name: id\n        tests: [unique, positive]\n",
        ),
        ("models/docs.md", "{% docs about_b %}All of b.{% enddocs %}"),
        ("macros/new.sql", "{% macro is_new(column) %}{{ column }} > {{ threshold() }}{% endmacro %}"),
        ("macros/threshold.sql", "{% macro threshold() %}5{% endmacro %}"),
        ("macros/alone.sql", "{% macro alone() %}5{% endmacro %}"),
        (
            "macros/names.sql",
            "{% macro generate_alias_name(custom_alias_name=none, node=none) %}{{ node.name ~ suffix() }}{% endmacro %}",
        ),
        ("macros/suffix.sql", "{% macro suffix() %}_x{% endmacro %}"),
        (
            "tests/generic/positive.sql",
            "{% test positive(model, column_name) %}select * from {{ model }} where {{ column_name }} < 0{% endtest %}",
        ),
    ];
    files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

/// Changes some files; gives what that took, after it was held against a load from nothing.
fn work_after(changes: &[(&str, &str)], options: impl Fn(&mut LoadOptions<'_>)) -> Work {
    let files = shop();
    let kept = kept(&again(&files, None, |_| {})).unwrap();
    let mut changed = files;
    for (path, text) in changes {
        assert!(!text.is_empty());
        changed.insert((*path).to_owned(), (*text).to_owned());
    }
    let ours = again(&changed, Some(&kept), &options);
    let fresh = again(&changed, None, &options);
    assert_same(&format!("{changes:?}: {:?}", ours.work), &ours.loaded, &fresh.loaded);
    ours.work
}

#[test]
fn every_edit_of_a_project_that_looks_at_much() {
    try_edits("shop", &shop());
}

#[test]
fn what_did_not_change_is_not_read_again() {
    // A model alone; one of which YAML speaks; one that others put into their own SQL.
    assert_eq!(work_after(&[("models/a.sql", "select 2 as id")], |_| {}), Work::Files(1));
    assert_eq!(work_after(&[("models/b.sql", "select 2 as id")], |_| {}), Work::Files(1));
    assert_eq!(
        work_after(&[("models/e.sql", "{{ config(materialized='ephemeral') }}select 2")], |_| {}),
        Work::Files(2)
    );
    // What is seen of it by others: c refers to b, and so do b's tests.
    assert_eq!(work_after(&[("models/b.sql", "{{ config(schema='z') }}select 2 as id")], |_| {}), Work::Files(3));
    // YAML, and the model that it is about.
    assert_eq!(
        work_after(&[("models/b.yml", "version: 2\nmodels:\n  - name: b\n    description: no docs\n")], |_| {}),
        Work::Files(2)
    );
    assert_eq!(work_after(&[("models/added.sql", "select * from {{ ref('a') }}")], |_| {}), Work::Files(1));
}

#[test]
fn what_is_new_may_not_get_in_the_way_of_what_stayed() {
    // Two nodes of one relation, a circle, a group that there is not: each is told as in a load from nothing.
    for (path, text) in [
        ("models/a.sql", "{{ config(alias='b_x') }}select 1 as id"),
        ("models/zz.sql", "{{ config(alias='B_X') }}select 1 as id"),
        ("models/a.sql", "select * from {{ ref('d') }}"),
        ("models/a.sql", "{{ config(group='nobody') }}select 1 as id"),
    ] {
        work_after(&[(path, text)], |_| {});
    }
    assert_eq!(work_after(&[("models/a.sql", "select * from {{ ref('d') }}")], |_| {}), Work::Everything);
}

#[test]
fn a_macro_is_done_again_where_it_was_used_also_by_another_macro() {
    assert_eq!(
        work_after(&[("macros/threshold.sql", "{% macro threshold() %}6{% endmacro %}")], |_| {}),
        Work::Files(1)
    );
    assert_eq!(work_after(&[("macros/alone.sql", "{% macro alone() %}6{% endmacro %}")], |_| {}), Work::Files(0));
    let test =
        "{% test positive(model, column_name) %}select 1 from {{ model }} where {{ column_name }} < 0{% endtest %}";
    assert_eq!(work_after(&[("tests/generic/positive.sql", test)], |_| {}), Work::Files(2));
    // One that names nodes is everybody's.
    assert_eq!(work_after(&[("macros/suffix.sql", "{% macro suffix() %}_y{% endmacro %}")], |_| {}), Work::Everything);
    // A new one in the place of one of dbt's own.
    let added = "{% macro ref(name) %}{{ return(builtins.ref(name)) }}{% endmacro %}";
    assert!(matches!(work_after(&[("macros/ref.sql", added)], |_| {}), Work::Files(_) | Work::Everything));
}

#[test]
fn a_variable_is_done_again_where_it_was_asked_for() {
    let project = &shop()["dbt_project.yml"];
    let changed = |from: &str, to: &str| project.replace(from, to);
    assert_eq!(work_after(&[("dbt_project.yml", &changed("'2020'", "'2021'"))], |_| {}), Work::Files(1));
    assert_eq!(work_after(&[("dbt_project.yml", &changed("unused: 1", "unused: 2"))], |_| {}), Work::Files(0));
    assert_eq!(work_after(&[("dbt_project.yml", &changed("marts", "mart"))], |_| {}), Work::Everything);
    let given = |options: &mut LoadOptions<'_>| {
        options.vars.insert("since".to_owned(), 7.into());
    };
    assert_eq!(work_after(&[], given), Work::Files(1));
    let unasked = |options: &mut LoadOptions<'_>| {
        options.vars.insert("nobody".to_owned(), 7.into());
    };
    assert_eq!(work_after(&[], unasked), Work::Nothing);
}

#[test]
fn the_environment_and_the_time_are_done_again_where_they_were_asked_for() {
    let env = |value: &'static str| {
        move |options: &mut LoadOptions<'_>| {
            options.env = EnvAccess::Only([("KNOWN".to_owned(), value.to_owned())].into());
        }
    };
    assert_eq!(work_after(&[], env("known value")), Work::Nothing);
    assert_eq!(work_after(&[], env("other")), Work::Files(1));
    let later = |options: &mut LoadOptions<'_>| options.run_started_at = jiff::Timestamp::UNIX_EPOCH;
    assert_eq!(work_after(&[], later), Work::Files(1));
}

#[test]
fn a_docs_block_is_done_again_where_it_is_quoted() {
    assert_eq!(work_after(&[("models/docs.md", "{% docs about_b %}Some of b.{% enddocs %}")], |_| {}), Work::Files(1));
    assert_eq!(work_after(&[("models/more.md", "{% docs other %}Nobody asks.{% enddocs %}")], |_| {}), Work::Files(0));
}

#[test]
fn settings_that_all_templates_see_are_everybodys() {
    assert_eq!(work_after(&[], |options| "prod".clone_into(&mut options.schema)), Work::Everything);
    assert_eq!(work_after(&[("packages.yml", "packages: []\n")], |_| {}), Work::Everything);
}
