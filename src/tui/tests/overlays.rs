//! What lies over the panes.

use crate::engine::{ListedThing, Listing, NewProject, Probe, ProbeOutcome, ProbeStep, RemovalPreview, Tried};
use crate::problem::{Code, Problem, Subject};
use crate::tui::effect::{CopiedText, Effect, Generation, Query};
use crate::tui::key::Key;
use crate::tui::message::{Message, Mouse, MouseAction};
use crate::tui::panes::fixtures::Screen;
use crate::tui::panes::model_fixtures::{connected, models};
use crate::tui::state::Tab;

fn browsing(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::new(Tab::Models, columns, rows);
    screen.load(connected());
    screen.load_models(models());
    screen.take();
    screen
}

fn typed(screen: &mut Screen, text: &str) {
    for letter in text.chars() {
        screen.send(Message::Key(Key::char(letter)));
    }
}

#[test]
fn the_keys_overlay_is_made_of_the_live_keymap() {
    let mut screen = browsing(120, 40);
    let overrides = [("sync".to_owned(), "ctrl-s".to_owned())].into_iter().collect();
    screen.state.keymap = crate::tui::commands::Keymap::new(&overrides).0;
    screen.press("?");
    let text = screen.text();
    let row = text.lines().find(|line| line.contains("Sync the selected project")).unwrap();
    assert!(row.contains("ctrl-s"), "{row}");
}

#[test]
fn enter_runs_the_row() {
    let mut screen = browsing(120, 40);
    screen.press("?");
    typed(&mut screen, "'zoom");
    screen.press("enter");
    assert!(screen.state.zoomed && screen.state.overlays.is_empty());
}

#[test]
fn a_disabled_row_says_why_and_answers_with_the_reason() {
    let mut screen = browsing(120, 40);
    screen.press("?");
    typed(&mut screen, "'cancel");
    assert!(screen.text().contains("nothing is running"), "{}", screen.text());
    screen.press("enter");
    assert!(screen.text().contains("cancel: nothing is running"));
}

#[test]
fn the_palette_finds_models_and_projects() {
    for (words, tab, id) in
        [("dim_customers", Tab::Models, "shop#model.shop.dim_customers"), ("local", Tab::Connections, "local")]
    {
        let mut screen = browsing(120, 40);
        screen.press(":");
        typed(&mut screen, words);
        screen.press("enter");
        let selected = screen.state.pane().0.selected();
        assert_eq!((screen.state.tab, selected.as_deref()), (tab, Some(id)));
    }
}

#[test]
fn esc_closes_the_one_on_top_only() {
    let mut screen = browsing(120, 40);
    screen.press(":");
    screen.press("esc");
    assert!(screen.state.overlays.is_empty());
    assert_eq!(screen.state.tab, Tab::Models);
}

#[test]
fn a_click_beside_it_closes_it() {
    let mut screen = browsing(120, 40);
    screen.press("?");
    screen.send(Message::MouseMoved(Mouse { action: MouseAction::Pressed, column: 60, row: 20 }));
    assert_eq!(screen.state.overlays.len(), 1);
    screen.send(Message::MouseMoved(Mouse { action: MouseAction::Pressed, column: 0, row: 0 }));
    assert!(screen.state.overlays.is_empty());
}

#[test]
fn the_form_tests_a_pasted_address_and_saves_it_then() {
    let mut screen = browsing(80, 24);
    screen.press("a");
    screen.send(Message::Pasted("https://github.com/acme/shop".to_owned()));
    screen.press("enter");
    let Some(Effect::TryProject { new, generation }) = screen.take().pop() else { panic!("nothing is tried") };
    assert_eq!(new.address, "https://github.com/acme/shop");
    let found = NewProject { branch: "main".to_owned(), project_path: "dbt_project.yml".to_owned(), ..*new };
    let tried = Tried { is_well: true, new: found.clone(), choose: Vec::new() };
    screen.send(Message::ProjectTried { generation, result: Ok(Box::new(tried)) });
    assert!(screen.text().contains("all is well"), "{}", screen.text());
    screen.press("enter");
    assert_eq!(screen.take(), [Effect::AddProject(found)]);
    let words = "billing added: its models are being synced".to_owned();
    screen.send(Message::SetUpSaved { words, project: Some("billing".to_owned()) });
    assert!(screen.state.overlays.is_empty() && screen.text().contains("billing added"));
    assert_eq!(screen.state.pane().0.selected().as_deref(), Some("billing"), "the new one is the selected one");
}

/// The form with an address, tried.
fn trying(screen: &mut Screen) -> (Box<NewProject>, Generation) {
    screen.press("a");
    screen.send(Message::Pasted("https://gitlab.com/acme/mono".to_owned()));
    screen.press("enter");
    match screen.take().pop() {
        Some(Effect::TryProject { new, generation }) => (new, generation),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_missing_is_mended_in_the_form_and_tested_again() {
    let mut screen = browsing(120, 40);
    let (new, generation) = trying(&mut screen);
    let tried = Tried { is_well: false, new: *new, choose: Vec::new() };
    screen.send(Message::ProjectTried { generation, result: Ok(Box::new(tried)) });
    assert!(screen.text().contains("esc mends it"), "{}", screen.text());
    screen.press("esc");
    assert_eq!(screen.take(), [Effect::StopTest]);
    let text = screen.text();
    assert!(text.contains("Connect a repository") && text.contains("https://gitlab.com/acme/mono"), "{text}");
    screen.press("enter");
    assert!(matches!(screen.take().as_slice(), [Effect::TryProject { .. }]));
}

#[test]
fn what_is_missing_may_be_saved_all_the_same() {
    let mut screen = browsing(80, 24);
    let (new, generation) = trying(&mut screen);
    let tried = Tried { is_well: false, new: *new.clone(), choose: Vec::new() };
    screen.send(Message::ProjectTried { generation, result: Ok(Box::new(tried)) });
    screen.press("w");
    assert_eq!(screen.take(), [Effect::AddProject(*new)]);
    let problem = Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, "the disk is full");
    screen.send(Message::RequestFailed(Box::new(problem)));
    let text = screen.text();
    assert!(text.contains("the disk is full") && text.contains("Connect a repository"), "the form stays\n{text}");
}

#[test]
fn one_of_several_projects_is_chosen_and_tested() {
    let mut screen = browsing(80, 24);
    let (new, generation) = trying(&mut screen);
    let choose = ["finance/dbt_project.yml", "shop/dbt_project.yml"].map(str::to_owned).to_vec();
    let tried = Tried { is_well: false, new: *new, choose };
    screen.send(Message::ProjectTried { generation, result: Ok(Box::new(tried)) });
    assert!(screen.text().contains("dbt projects"), "{}", screen.text());
    typed(&mut screen, "shop");
    screen.press("enter");
    screen.take();
    screen.press("enter");
    let Some(Effect::TryProject { new, .. }) = screen.take().pop() else { panic!("nothing is tried") };
    assert_eq!(new.project_path, "shop/dbt_project.yml");
}

fn thing(name: &str, about: &str) -> ListedThing {
    let (name, about) = (name.to_owned(), about.to_owned());
    ListedThing { value: format!("https://github.com/{name}.git"), name, about }
}

/// The list of repositories, asked for.
fn picking(screen: &mut Screen) -> Generation {
    screen.press("a");
    screen.press("ctrl-l");
    match screen.take().pop() {
        Some(Effect::List { listing: Listing::Repositories, generation, .. }) => generation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_grows_while_it_is_filtered() {
    let mut screen = browsing(80, 24);
    let generation = picking(&mut screen);
    assert!(screen.text().contains("asking"), "{}", screen.text());
    screen.send(Message::ListGrew { generation, found: vec![thing("acme/mart", "main"), thing("acme/shop", "trunk")] });
    typed(&mut screen, "sho");
    screen.send(Message::ListGrew { generation, found: vec![thing("acme/shore", "main")] });
    let text = screen.text();
    assert!(text.contains("acme/shop  trunk") && text.contains("acme/shore") && !text.contains("acme/mart"), "{text}");
    assert!(text.contains("more are coming"), "{text}");
    screen.send(Message::ListEnded { generation, result: Ok(true) });
    screen.press("enter");
    assert_eq!(screen.take(), [Effect::StopListing]);
    assert!(screen.text().contains("https://github.com/acme/shop.git"), "{}", screen.text());
}

#[test]
fn a_list_that_is_left_is_stopped_and_what_comes_late_is_dropped() {
    let mut screen = browsing(80, 24);
    let late = picking(&mut screen);
    screen.press("esc");
    assert_eq!(screen.take(), [Effect::StopListing]);
    screen.press("ctrl-l");
    screen.send(Message::ListGrew { generation: late, found: vec![thing("acme/late", "")] });
    assert!(!screen.text().contains("acme/late"));
}

#[test]
fn what_has_no_list_says_why_and_takes_what_is_typed() {
    let mut screen = browsing(80, 24);
    let generation = picking(&mut screen);
    let problem = Problem::new(Code::new("GIT-LIST-NOT-OFFERED"), Subject::Workspace, "an SSH key opens no list");
    screen.send(Message::ListEnded { generation, result: Err(Box::new(problem)) });
    let text = screen.text();
    assert!(text.contains("an SSH key opens no list") && text.contains("type it by hand"), "{text}");
    typed(&mut screen, "git@github.com:acme/x");
    screen.press("enter");
    assert!(screen.text().contains("git@github.com:acme/x"), "{}", screen.text());
}

#[test]
fn a_removal_names_who_uses_it_and_asks() {
    let mut screen = connections();
    screen.press("d");
    let asked = screen.take();
    let Some(Effect::Load { query: Query::Removal(removal), .. }) = asked.first().cloned() else { panic!("{asked:?}") };
    let preview = RemovalPreview {
        secrets: vec!["The old secret in /home/ada/.config/ebb/secrets/acme is removed then.".to_owned()],
        users: vec!["shop".to_owned(), "billing".to_owned()],
        diff: vec!["@@ -1,3 +1 @@".to_owned(), "-[git.acme]".to_owned()],
    };
    screen.send(Message::RemovalPreviewed { removal: removal.clone(), preview });
    let text = screen.text();
    assert!(text.contains("Used by shop, billing") && text.contains("-[git.acme]"), "{text}");
    screen.press("enter");
    assert!(screen.take().is_empty(), "no is the default");
    screen.send(Message::RemovalPreviewed { removal: removal.clone(), preview: RemovalPreview::default() });
    screen.press("y");
    assert_eq!(screen.take(), [Effect::Remove(removal)]);
}

#[test]
fn another_credential_is_tested_and_saved() {
    let mut screen = connections();
    screen.press("c");
    screen.press("tab tab");
    screen.send(Message::Pasted("ghp_new".to_owned()));
    assert!(!screen.text().contains("ghp_new"), "{}", screen.text());
    screen.press("enter");
    let Some(Effect::TryCredential { new, generation }) = screen.take().pop() else { panic!("nothing is tried") };
    screen.send(Message::ConnectionTested { generation, result: Ok(true) });
    screen.press("enter");
    assert_eq!(screen.take(), [Effect::ChangeCredential(new)]);
}

#[test]
fn what_no_clipboard_takes_is_offered_a_file() {
    let mut screen = browsing(80, 24);
    screen.state.surroundings.here = "/home/ann/acme".into();
    screen.press("G y r");
    let Some(Effect::CopyText(copy)) = screen.take().pop() else { panic!("nothing was copied") };
    let refuse = |screen: &mut Screen, copy: CopiedText, reason: &str| {
        screen.send(Message::CopyNotTaken { copy, reason: reason.to_owned() });
    };
    refuse(&mut screen, copy, "90 kB is more than a terminal copies (56 kB)");
    let text = screen.text();
    for words in ["row: 90 kB is more", "ebb-model.shop.stg_products.tsv", "in /home/ann/acme"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    screen.press("enter");
    let Some(Effect::WriteCopy(copy)) = screen.take().pop() else { panic!("nothing was written") };
    assert!(screen.state.overlays.is_empty());
    // A file of that name is there: it asks again, with the same text.
    refuse(&mut screen, copy.clone(), "there is a file of this name already");
    assert!(screen.text().contains("of this name already"));
    screen.press("ctrl-u");
    screen.send(Message::Pasted("other.tsv".to_owned()));
    screen.press("enter");
    let Some(Effect::WriteCopy(second)) = screen.take().pop() else { panic!("nothing was written") };
    assert_eq!((second.text, second.file), (copy.text, "other.tsv".into()));
}

#[test]
fn every_overlay_fits_the_smallest_screen() {
    for key in ["?", ":", "a", "T"] {
        let mut screen = browsing(60, 15);
        screen.press(key);
        let text = screen.text();
        assert!(text.lines().all(|line| line.chars().count() <= 60) && text.contains('╭'), "{key}\n{text}");
    }
}

#[test]
fn without_a_workspace_three_ways_to_begin_are_offered() {
    let mut screen = Screen::new(Tab::Connections, 120, 40);
    screen.state.surroundings.folder = Some("/home/ann/jaffle".into());
    screen.load(crate::engine::Overview::default());
    screen.take();
    let text = screen.text();
    for words in ["Try the demo", "Open this folder", "Connect a repository"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    screen.press("enter");
    assert_eq!(screen.take(), [Effect::StartDemo]);
    screen.press("j");
    screen.press("enter");
    assert_eq!(screen.take(), [Effect::OpenFolder("/home/ann/jaffle".into())]);
    screen.press("j");
    screen.press("enter");
    assert!(screen.text().contains("Repository"), "the form is open");
}

fn connections() -> Screen {
    let mut screen = Screen::new(Tab::Connections, 120, 40);
    screen.load(connected());
    screen.take();
    screen
}

fn probed(screen: &mut Screen, generation: u64, probe: Probe) {
    screen.send(Message::Probed { generation: Generation(generation), probe: Box::new(probe) });
}

fn ended(step: ProbeStep, outcome: ProbeOutcome, detail: &str) -> Probe {
    Probe::StepEnded { step, outcome, detail: detail.to_owned(), elapsed_ms: 12 }
}

#[test]
fn a_connection_is_tested_step_by_step() {
    let mut screen = connections();
    screen.press("t");
    let asked = screen.take();
    assert!(matches!(asked.as_slice(), [Effect::TestConnection { generation: Generation(1), .. }]), "{asked:?}");
    let (project, repository) = ("shop".to_owned(), "git@github.com:acme/shop.git".to_owned());
    probed(&mut screen, 1, Probe::ProjectBegan { project, repository });
    probed(&mut screen, 1, ended(ProbeStep::Credential, ProbeOutcome::Passed, "whatever your ssh offers"));
    probed(&mut screen, 1, Probe::StepBegan { step: ProbeStep::Name });
    let text = screen.text();
    assert!(text.contains("whatever your ssh offers") && text.contains("host name"), "{text}");
    assert!(text.contains("testing; esc stops"), "{text}");
    probed(&mut screen, 1, ended(ProbeStep::Name, ProbeOutcome::Failed, "nobody knows it"));
    let subject = crate::problem::Subject::Project { name: "shop".to_owned() };
    let problem = crate::problem::Problem::new(crate::problem::Code::new("GIT-DNS"), subject, "the host is not known");
    probed(&mut screen, 1, Probe::ProblemFound { problem: Box::new(problem) });
    screen.send(Message::ConnectionTested { generation: Generation(1), result: Ok(false) });
    let text = screen.text();
    assert!(text.contains("GIT-DNS: the host is not known") && text.contains("something is missing"), "{text}");
}

#[test]
fn closing_a_test_ends_it_and_what_comes_late_is_not_shown() {
    let mut screen = connections();
    screen.press("t");
    screen.take();
    screen.press("esc");
    assert_eq!(screen.take(), [Effect::StopTest]);
    screen.press("t");
    screen.take();
    probed(&mut screen, 1, ended(ProbeStep::Credential, ProbeOutcome::Passed, "of the test before"));
    assert!(!screen.text().contains("of the test before"));
    screen.send(Message::ConnectionTested { generation: Generation(2), result: Ok(true) });
    assert!(screen.text().contains("all is well"));
    screen.press("enter");
    assert!(matches!(screen.take().as_slice(), [Effect::TestConnection { generation: Generation(3), .. }]));
}

#[test]
fn a_long_test_is_scrolled() {
    let mut screen = connections();
    screen.press("t");
    for number in 0..60 {
        probed(&mut screen, 1, Probe::Noted { words: format!("note number {number}") });
    }
    assert!(screen.text().contains("note number 59") && !screen.text().contains("note number 3 "));
    screen.press("g");
    screen.press("home");
    assert!(screen.text().contains("note number 0"), "{}", screen.text());
}
