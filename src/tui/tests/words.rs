//! What the screen says of keys, after a person has given them others.

use crate::engine::Overview;
use crate::tui::commands::Keymap;
use crate::tui::panes::fixtures::Screen;
use crate::tui::panes::model_fixtures::connected;
use crate::tui::state::Tab;

fn with_own_keys(tab: Tab) -> Screen {
    let own = [("sync", "ctrl-s"), ("back", "q"), ("quit", "Q"), ("add", "none"), ("open", "o")];
    let own = own.map(|(id, keys)| (id.to_owned(), keys.to_owned()));
    let mut screen = Screen::new(tab, 120, 40);
    screen.state.keymap = Keymap::new(&own.into_iter().collect()).0;
    screen
}

fn says(screen: &Screen, words: &str) {
    assert!(screen.text().contains(words), "{words} in\n{}", screen.text());
}

#[test]
fn empty_panes_name_the_keys_that_help() {
    let mut screen = with_own_keys(Tab::Connections);
    let file = Some("/home/ann/acme/ebb.toml".to_owned());
    screen.load(Overview { file, ..Overview::default() });
    says(&screen, "no project yet: :add project");
    let mut screen = with_own_keys(Tab::Models);
    screen.load_models([].into());
    says(&screen, "no models yet: ctrl-s syncs");
    let mut screen = with_own_keys(Tab::History);
    screen.load_syncs(Vec::new());
    says(&screen, "ctrl-s syncs the selected project");
    let mut screen = with_own_keys(Tab::Troubleshooting);
    screen.load_problems(Vec::new());
    says(&screen, "ctrl-s syncs the selected project");
}

#[test]
fn the_way_to_what_is_selected_stands_at_the_top() {
    let mut screen = super::keys::browsing();
    screen.state.pane_mut().0.select("shop#model.shop.dim_customers");
    screen.wait(1);
    let top = |screen: &Screen| screen.text().lines().next().unwrap().to_owned();
    assert!(top(&screen).contains("acme ▸ Models ▸ shop ▸ marts ▸ core ▸ dim_customers "), "{}", top(&screen));
    screen.press("enter");
    assert!(top(&screen).contains("core ▸ dim_customers ▸ Overview "));
    screen.press("esc");
    assert!(!top(&screen).contains("Overview"), "esc goes back along it");
    screen.press("3 [");
    assert!(top(&screen).contains("▸ dim_customers"), "and [ to where it led before");
    screen.send(crate::tui::message::Message::Resized { columns: 99, rows: 30 });
    assert!(!top(&screen).contains("▸"), "no room");
}

#[test]
fn a_way_that_is_too_long_leaves_its_middle_out() {
    let mut screen = Screen::new(Tab::Models, 100, 30);
    let mut workspace = connected();
    workspace.workspace = "a-workspace-with-a-very-long-name".to_owned();
    screen.load(workspace);
    screen.load_models(crate::tui::panes::model_fixtures::models());
    screen.state.pane_mut().0.select("shop#model.shop.dim_customers");
    screen.wait(1);
    let text = screen.text();
    assert!(text.contains("▸ Models ▸ … ▸ marts ▸ core ▸ dim_customers"), "{text}");
}

#[test]
fn nothing_left_by_a_filter_names_the_way_back() {
    for tab in [Tab::Models, Tab::History, Tab::Troubleshooting] {
        let mut screen = with_own_keys(tab);
        screen.load(connected());
        screen.load_models(crate::tui::panes::model_fixtures::models());
        screen.load_syncs(crate::tui::panes::fixtures::syncs());
        screen.load_problems(crate::tui::panes::fixtures::problems());
        screen.press("/ z z z enter");
        says(&screen, "q takes the filter away");
    }
}

#[test]
fn a_way_to_begin_and_a_screen_too_small_name_theirs() {
    let mut screen = with_own_keys(Tab::Connections);
    screen.load(Overview::default());
    says(&screen, "o starts it");
    screen.send(crate::tui::message::Message::Resized { columns: 59, rows: 10 });
    says(&screen, "Q quits");
}
