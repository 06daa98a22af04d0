use std::collections::BTreeSet;

use super::*;
use crate::problem::{Action, Fix, Severity, Subject};

fn project(name: &str) -> Subject {
    Subject::Project { name: name.to_owned() }
}

#[test]
fn every_sample_hits_its_own_row() {
    let catalogue = Catalogue::builtin();
    for area in Area::ALL {
        for entry in catalogue.area(area).iter().filter(|entry| !entry.patterns.is_empty()) {
            assert!(!entry.sample.is_empty(), "{} has patterns and no sample", entry.code);
            let hit = catalogue.match_text(area, &entry.sample).map(|hit| &hit.code);
            assert_eq!(hit, Some(&entry.code), "sample: {}", entry.sample);
        }
    }
}

#[test]
fn a_sample_in_colours_and_broken_lines_hits_all_the_same() {
    let catalogue = Catalogue::builtin();
    for area in Area::ALL {
        for entry in catalogue.area(area).iter().filter(|entry| !entry.patterns.is_empty()) {
            let coloured = format!("\u{1b}[1m\u{1b}[31m{}\u{1b}[0m", entry.sample.replace('\n', "\u{1b}[K\r\n"));
            let hit = catalogue.match_text(area, &coloured).map(|hit| &hit.code);
            assert_eq!(hit, Some(&entry.code), "{coloured:?}");
        }
    }
}

#[test]
fn codes_are_unique_well_formed_and_in_their_area() {
    let catalogue = Catalogue::builtin();
    let mut seen = BTreeSet::new();
    for area in Area::ALL {
        for entry in catalogue.area(area) {
            let code = entry.code.as_str();
            assert!(seen.insert(code), "{code} stands twice");
            assert!(code.contains('-') && !code.starts_with('-') && !code.ends_with('-'), "{code}");
            assert!(code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-'), "{code}");
            assert_eq!(Area::of(&entry.code), Some(area), "{code}");
            assert_eq!(catalogue.entry(&entry.code), Some(entry));
        }
    }
}

#[test]
fn every_row_has_words_of_its_own() {
    let catalogue = Catalogue::builtin();
    let mut titles = BTreeSet::new();
    for entry in catalogue.entries() {
        let code = &entry.code;
        assert!(titles.insert(&entry.title), "{code}: the title is used twice");
        assert!(!entry.title.is_empty() && !entry.title.ends_with('.') && !entry.title.contains('\n'), "{code}");
        assert!(entry.title.chars().count() <= 90, "{code}: the title is too long for a line");
        assert!(entry.cause.len() > 40 && entry.cause.ends_with('.'), "{code}: {}", entry.cause);
        assert!(entry.see.is_empty() || entry.see.ends_with(['.', ':']), "{code}: {}", entry.see);
        assert!(!entry.fixes.is_empty(), "{code} has no fix");
        for advice in &entry.fixes {
            assert!(advice.text.len() > 10 && !advice.text.ends_with('.'), "{code}: {}", advice.text);
            assert!(advice.text.starts_with(|c: char| c.is_uppercase()), "{code}: {}", advice.text);
        }
    }
}

#[test]
fn no_pattern_matches_nothing() {
    for entry in Catalogue::builtin().entries() {
        for pattern in &entry.patterns {
            assert!(!regex::Regex::new(pattern).unwrap().is_match(""), "{}: {pattern}", entry.code);
        }
    }
}

#[test]
fn the_unknown_code_of_an_area_has_a_row_that_nothing_matches() {
    let catalogue = Catalogue::builtin();
    for code in Area::ALL.into_iter().filter_map(Area::unknown) {
        let entry = catalogue.entry(&code).unwrap_or_else(|| panic!("{code} has no row"));
        assert!(entry.patterns.is_empty());
    }
}

#[test]
fn messages_of_the_roads_that_are_used_here() {
    let cases = [
        (Area::Git, "ssh: Could not resolve hostname gihub.com: Name or service not known", "GIT-DNS"),
        (Area::Git, "error sending request: dns error: failed to lookup address information: Try again", "GIT-DNS"),
        (Area::Git, "client error (Connect): invalid peer certificate: UnknownIssuer", "GIT-TLS"),
        (Area::Git, "tcp connect error: Connection refused (os error 111)", "GIT-NET"),
        (Area::Git, "ssh: connect to host 10.0.0.1 port 22: Connection refused\r\n", "GIT-NET"),
        (
            Area::Git,
            "Load key \"/k\": invalid format\ngit@github.com: Permission denied (publickey).",
            "GIT-SSH-KEY-FORMAT",
        ),
        (Area::Git, "ERROR: Permission to acme/dbt.git denied to deploy key", "GIT-GH-PERM-DENIED"),
        (Area::Git, "remote: Repository not found.", "GIT-GH-NOT-FOUND"),
        (Area::Git, "The requested URL returned error: 404", "GIT-NOT-FOUND"),
        (Area::Dbt, "Env var required but not provided: 'A'", "DBT-ENV-VAR"),
        (
            Area::Dbt,
            "Model 'model.a.b' (models/b.sql) depends on a node named\n'c' which was not found",
            "DBT-REF-MISSING",
        ),
    ];
    let catalogue = Catalogue::builtin();
    for (area, raw, code) in cases {
        assert_eq!(catalogue.match_text(area, raw).map(|entry| entry.code.as_str()), Some(code), "{raw}");
    }
}

#[test]
fn the_same_words_mean_different_things_in_different_areas() {
    let catalogue = Catalogue::builtin();
    let words = "fatal: Authentication failed for 'https://git.acme.example/o/r.git/'";
    assert!(catalogue.match_text(Area::Git, words).is_some());
    assert_eq!(catalogue.match_text(Area::Dbt, words), None);
}

#[test]
fn a_reason_at_the_end_of_a_long_log_is_found() {
    let catalogue = Catalogue::builtin();
    let log = format!("{}\nfatal: early EOF", "remote: Counting objects\r".repeat(100_000));
    assert_eq!(catalogue.match_text(Area::Git, &log).map(|entry| entry.code.as_str()), Some("GIT-TRANSFER-CUT"));
}

#[test]
fn a_mistyped_code_is_understood() {
    let catalogue = Catalogue::builtin();
    let cases = [
        ("DBT-PROJECT-PATH", Some("DBT-PROJECT-PATH")),
        ("dbt-project-path", Some("DBT-PROJECT-PATH")),
        ("dbt_project_path", Some("DBT-PROJECT-PATH")),
        ("DBT-PROJET-PAHT", Some("DBT-PROJECT-PATH")),
        ("git gh saml", Some("GIT-GH-SAML")),
        ("CONFIG-SYNTX", Some("CONFIG-SYNTAX")),
        ("hello", None),
    ];
    for (typed, expected) in cases {
        assert_eq!(catalogue.nearest(typed).map(|entry| entry.code.as_str()), expected, "{typed}");
    }
}

#[test]
fn search_wants_every_word_and_ranks_titles_first() {
    let catalogue = Catalogue::builtin();
    let codes = |words| catalogue.search(words).into_iter().map(|entry| entry.code.as_str()).collect::<Vec<_>>();
    assert_eq!(codes("branch exist repository")[0], "GIT-BRANCH-MISSING");
    assert!(codes("PROJECT-PATH").contains(&"DBT-PROJECT-PATH"));
    assert!(codes("write access granted").contains(&"GIT-GH-NOT-GRANTED"));
    assert!(codes("branch zebra").is_empty());
    assert!(codes("  ").is_empty());
}

#[test]
fn describe_adds_what_is_known() {
    let catalogue = Catalogue::builtin();
    let mut problem = Problem::new(Code::new("DBT-PROJECT-PATH"), project("my shop"), "no project file");
    catalogue.describe(&mut problem);
    assert!(problem.cause.contains("repository's root"));
    assert!(problem.fixes.iter().all(|fix| fix.grade == Grade::Show));
    assert!(problem.fixes[0].title.contains("projects.\"my shop\".project_path"), "{:?}", problem.fixes);
    let once = problem.clone();
    catalogue.describe(&mut problem);
    assert_eq!(problem, once);
}

#[test]
fn describe_leaves_out_what_the_problem_offers_by_itself() {
    let catalogue = Catalogue::builtin();
    let own = Fix::new("Set it", Grade::Safe, Action::Sync { project: "shop".to_owned() });
    let mut problem = Problem::new(Code::new("DBT-PROJECT-PATH"), project("shop"), "no project file")
        .with_cause("known better")
        .with_fix(own.clone());
    catalogue.describe(&mut problem);
    assert_eq!(problem.cause, "known better");
    assert_eq!(problem.fixes[0], own);
    assert!(problem.fixes[1..].iter().all(|fix| !fix.title.starts_with("Set projects")), "{:?}", problem.fixes);
    assert!(problem.fixes.len() > 1);
}

#[test]
fn advice_with_something_to_copy_becomes_a_copy() {
    let catalogue = Catalogue::builtin();
    let mut problem = Problem::new(Code::new("SYNC-INTERRUPTED"), project("shop"), "interrupted");
    catalogue.describe(&mut problem);
    assert_eq!(problem.fixes[0].action, Action::Copy { text: "ebb sync shop".to_owned() });
}

#[test]
fn an_unknown_code_is_described_as_it_is() {
    let mut problem = Problem::new(Code::new("NOBODY-KNOWS"), Subject::Store, "what");
    let before = problem.clone();
    Catalogue::builtin().describe(&mut problem);
    assert_eq!(problem, before);
}

#[test]
fn an_entry_makes_its_problem() {
    let catalogue = Catalogue::builtin();
    let problem = catalogue.entry(&Code::new("GIT-GH-MOVED")).unwrap().problem(project("shop"));
    assert_eq!((problem.code.as_str(), problem.severity), ("GIT-GH-MOVED", Severity::Warning));
    assert_eq!(problem.summary, "The repository has moved to another address");
}
