use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::tui::key::{Chord, Key};

fn overrides(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(id, keys)| ((*id).to_owned(), (*keys).to_owned())).collect()
}

fn press(keymap: &Keymap, keys: &str, tab: Tab) -> Lookup {
    keymap.lookup(&Chord::parse(keys).unwrap().0, tab)
}

#[test]
fn every_command_has_exactly_one_row_and_an_id_of_its_own() {
    let ids: BTreeSet<&str> = COMMANDS.iter().map(|info| info.id).collect();
    let commands: BTreeSet<Command> = COMMANDS.iter().map(|info| info.command).collect();
    assert_eq!((ids.len(), commands.len()), (COMMANDS.len(), COMMANDS.len()));
    // The last variant's number says how many there are.
    assert_eq!(commands.len(), Command::ForceQuit as usize + 1);
}

#[test]
fn every_default_can_be_read_and_none_meets_another() {
    let (keymap, problems) = Keymap::new(&BTreeMap::new());
    assert_eq!(problems, []);
    for info in COMMANDS {
        assert_eq!(keymap.chords(info.command).count(), info.keys.len(), "{}", info.id);
    }
}

#[test]
fn arrows_and_letters_both_move() {
    let keymap = Keymap::default();
    for (keys, command) in [
        ("j", Command::Down),
        ("down", Command::Down),
        ("k", Command::Up),
        ("h", Command::Left),
        ("right", Command::Right),
    ] {
        assert_eq!(press(&keymap, keys, Tab::Models), Lookup::Command(command));
    }
}

#[test]
fn no_default_needs_alt_or_a_function_key() {
    for info in COMMANDS {
        let easy = info.keys.iter().any(|keys| !keys.contains("alt-") && !keys.starts_with('f') || *keys == "f");
        assert!(easy, "{}", info.id);
    }
}

#[test]
fn a_prefix_names_what_may_follow() {
    let Lookup::Prefix(next) = press(&Keymap::default(), "y", Tab::Models) else { panic!("no prefix") };
    let commands: Vec<Command> = next.iter().map(|(_, command)| *command).collect();
    assert!(commands.contains(&Command::CopyId) && commands.contains(&Command::CopySql));
}

#[test]
fn a_key_of_one_pane_is_nothing_in_another() {
    let keymap = Keymap::default();
    assert_eq!(press(&keymap, "f", Tab::Troubleshooting), Lookup::Command(Command::ApplyFix));
    assert_eq!(press(&keymap, "f", Tab::Models), Lookup::Nothing);
}

#[test]
fn own_keys_replace_the_defaults() {
    let (keymap, problems) = Keymap::new(&overrides(&[("sync", "ctrl-s, alt-s"), ("zoom", "none")]));
    assert_eq!(problems, []);
    assert_eq!(press(&keymap, "ctrl-s", Tab::Models), Lookup::Command(Command::Sync));
    assert_eq!(press(&keymap, "s", Tab::Models), Lookup::Nothing);
    assert_eq!(press(&keymap, "z", Tab::Models), Lookup::Nothing);
    assert_eq!((keymap.shown(Command::Sync), keymap.shown(Command::Zoom)), ("ctrl-s".to_owned(), String::new()));
}

#[test]
fn mistakes_are_problems_that_name_the_commands() {
    let cases = [
        ("synk", "ctrl-s", "CONFIG-KEYS-UNKNOWN", "did you mean `sync`"),
        ("sync", "hyper-s", "CONFIG-KEYS-INVALID", "`hyper-s` is no key"),
        ("sync", "", "CONFIG-KEYS-INVALID", "no key is written"),
        ("sync", "e", "CONFIG-KEYS-CONFLICT", "`e` is wanted by `sync` and by `edit`"),
        ("sync", "y", "CONFIG-KEYS-CONFLICT", "`copy-id`"),
    ];
    for (id, keys, code, part) in cases {
        let (_, problems) = Keymap::new(&overrides(&[(id, keys)]));
        let told = problems.iter().any(|problem| problem.code.as_str() == code && problem.summary.contains(part));
        assert!(told, "{id} = {keys}: {problems:?}");
    }
}

#[test]
fn a_mistake_leaves_the_default() {
    let (keymap, _) = Keymap::new(&overrides(&[("sync", "hyper-s")]));
    assert_eq!(press(&keymap, "s", Tab::Models), Lookup::Command(Command::Sync));
}

#[test]
fn the_comma_can_be_a_key() {
    let (keymap, problems) = Keymap::new(&overrides(&[("previous-view", ",")]));
    assert_eq!((problems.len(), press(&keymap, ",", Tab::Models)), (0, Lookup::Command(Command::PreviousView)));
}

#[test]
fn contexts_overlap_where_both_count() {
    assert!(Context::Everywhere.overlaps(Context::In(Tab::Models)));
    assert!(!Context::In(Tab::History).overlaps(Context::In(Tab::Models)));
    assert!(Context::In(Tab::Models).holds(Tab::Models));
}

#[test]
fn texts_name_keys_as_they_are() {
    let own = |sync: &str| [("sync".to_owned(), sync.to_owned())].into_iter().collect();
    let fill = |keymap: &Keymap| keymap.fill("{sync} syncs, {top} goes up {or} {");
    assert_eq!(fill(&Keymap::default()), "s syncs, gg goes up {or} {");
    assert_eq!(fill(&Keymap::new(&own("ctrl-s")).0), "ctrl-s syncs, gg goes up {or} {");
    assert_eq!(fill(&Keymap::new(&own("none")).0), ":sync syncs, gg goes up {or} {");
}

#[test]
fn an_unbound_key_is_nothing() {
    assert_eq!(Keymap::default().lookup(&[Key::char('ß')], Tab::Models), Lookup::Nothing);
}

#[test]
fn the_readme_table_has_every_command() {
    let text = key_table();
    for info in COMMANDS {
        assert!(text.contains(&format!("| `{}` |", info.id)), "{}", info.id);
    }
}
