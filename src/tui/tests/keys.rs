//! Scripts of keys: a start, keys as they are written in `ebb.toml`, and what is selected then.

use crate::engine::{EventKind, Outcome};
use crate::store::Cause;
use crate::tui::effect::{Effect, Query};
use crate::tui::key::Key;
use crate::tui::layout::Focus;
use crate::tui::message::Message;
use crate::tui::panes::fixtures::{Screen, started, syncs};
use crate::tui::panes::model_fixtures::{connected, many, models};
use crate::tui::state::{Saved, State, Tab, Tone};

pub(super) fn browsing() -> Screen {
    let mut screen = Screen::new(Tab::Models, 120, 40);
    screen.load(connected());
    screen.load_models(models());
    screen.take();
    screen
}

pub(super) fn selected(screen: &Screen) -> String {
    screen.state.pane().0.selected().unwrap_or_default()
}

pub(super) fn typed(screen: &mut Screen, text: &str) {
    for letter in text.chars() {
        screen.send(Message::Key(Key::char(letter)));
    }
}

fn toast(screen: &Screen) -> &str {
    screen.state.toast.as_ref().map_or("", |toast| toast.text.as_str())
}

#[test]
fn moving_in_the_tree() {
    let cases = [
        ("", "billing/"),
        ("j", "billing/marts/"),
        ("down down", "billing#model.billing.invoices"),
        ("j j k", "billing/marts/"),
        ("G", "shop#model.shop.stg_products"),
        ("end", "shop#model.shop.stg_products"),
        ("G g g", "billing/"),
        ("G home", "billing/"),
        ("5 j", "shop#model.shop.int_customer_orders"),
        ("0 3 j", "shop/"),
        ("9 9 9 9 9 j", "shop#model.shop.stg_products"),
        ("5 0 G", "shop#model.shop.stg_products"),
        ("ctrl-d ctrl-u", "billing/"),
        ("ctrl-n", "billing/marts/"),
        ("pgdn pgup", "billing/"),
        ("j j h", "billing/marts/"),
        ("j j left left left", "billing/"),
    ];
    for (keys, wanted) in cases {
        let mut screen = browsing();
        for key in keys.split(' ').filter(|key| !key.is_empty()) {
            screen.press(key);
        }
        assert_eq!(selected(&screen), wanted, "{keys}");
    }
}

#[test]
fn folding_hides_and_shows_rows() {
    let count = |screen: &Screen| screen.text().lines().filter(|line| line.contains("invoices")).count();
    let mut screen = browsing();
    assert_eq!(count(&screen), 1);
    for (keys, seen) in [("enter", 0), ("enter", 1), ("h", 0), ("l", 1), ("-", 0), ("+", 1), ("space", 0), ("=", 1)] {
        screen.press(keys);
        assert_eq!(count(&screen), seen, "after {keys}");
    }
}

#[test]
fn space_on_a_model_folds_its_folder() {
    let mut screen = browsing();
    screen.press("j");
    screen.press("j");
    screen.press("space");
    assert_eq!(selected(&screen), "billing/marts/");
}

#[test]
fn esc_goes_back_one_step_and_never_quits() {
    let mut screen = browsing();
    screen.press("G");
    screen.press("enter");
    assert_eq!(screen.state.focus, Focus::Detail);
    screen.press("esc");
    assert_eq!(screen.state.focus, Focus::List);
    for _ in 0..5 {
        screen.press("esc");
    }
    assert!(!screen.state.quitting && !screen.take().contains(&Effect::Quit));
}

#[test]
fn numbers_and_tab_go_to_panes() {
    let mut screen = browsing();
    for (key, tab) in [
        ("1", Tab::Connections),
        ("3", Tab::History),
        ("tab", Tab::Troubleshooting),
        ("tab", Tab::Connections),
        ("shift-tab", Tab::Troubleshooting),
        ("2", Tab::Models),
    ] {
        screen.press(key);
        assert_eq!(screen.state.tab, tab, "{key}");
    }
}

#[test]
fn the_way_back_leads_to_the_same_row() {
    let mut screen = browsing();
    screen.press("j");
    screen.press("1");
    screen.press("[");
    assert_eq!((screen.state.tab, selected(&screen)), (Tab::Models, "billing/marts/".to_owned()));
    screen.press("]");
    assert_eq!(screen.state.tab, Tab::Connections);
    screen.press("]");
    assert!(toast(&screen).contains("nowhere to go forward"));
}

#[test]
fn quitting_asks_only_while_a_sync_runs_and_staying_is_the_default() {
    let mut screen = browsing();
    screen.happen(started("shop", 20, Cause::Manual));
    screen.press("q");
    assert!(screen.take().is_empty() && screen.text().contains("Syncing now: shop"));
    screen.press("enter");
    assert!(!screen.take().contains(&Effect::Quit));
    screen.press("q");
    screen.press("right");
    screen.press("enter");
    assert!(screen.take().contains(&Effect::Quit));
    let mut idle = browsing();
    idle.press("q");
    assert!(idle.take().contains(&Effect::Quit));
}

#[test]
fn whoever_was_asked_because_of_a_sync_leaves_once_it_has_ended() {
    let mut screen = browsing();
    screen.happen(started("shop", 20, Cause::Manual));
    screen.press("q");
    assert!(screen.take().is_empty());
    screen.happen(super::live::finished(Outcome::Succeeded, "22 models"));
    assert!(screen.take().contains(&Effect::Quit));
    // Without the question, the end of a sync is no reason to go.
    let mut other = browsing();
    other.happen(started("shop", 20, Cause::Manual));
    other.happen(super::live::finished(Outcome::Succeeded, "22 models"));
    assert!(!other.take().contains(&Effect::Quit));
}

#[test]
fn ctrl_c_twice_leaves_whatever_is_on_the_screen() {
    for before in ["j", "/", "?", ":", "a", "y"] {
        let mut screen = browsing();
        screen.press(before);
        screen.press("ctrl-c");
        assert!(!screen.take().contains(&Effect::Quit), "once is not enough");
        screen.press("ctrl-c");
        assert!(screen.take().contains(&Effect::Quit), "after {before}");
    }
}

#[test]
fn ctrl_c_twice_must_be_quick() {
    let mut screen = browsing();
    screen.press("ctrl-c");
    screen.wait(2_500);
    screen.press("ctrl-c");
    assert!(!screen.take().contains(&Effect::Quit));
}

#[test]
fn a_command_that_cannot_be_used_says_why() {
    for (tab, keys, reason) in [
        (Tab::Models, "x", "nothing is running"),
        (Tab::Models, "e", "nothing with a file is selected"),
        (Tab::Models, "n", "nothing is searched for"),
        (Tab::Models, "y s", "no model is selected"),
        (Tab::Connections, "s", "no project is selected"),
    ] {
        let mut screen = browsing();
        screen.state.tab = tab;
        screen.press("k");
        screen.press(keys);
        assert!(toast(&screen).contains(reason), "{keys}: {}", toast(&screen));
    }
}

#[test]
fn syncing_means_the_selected_project() {
    let mut screen = browsing();
    screen.press("G");
    screen.take();
    screen.press("s");
    assert_eq!(screen.take(), [Effect::SyncProject { project: "shop".to_owned() }]);
    screen.happen(started("shop", 20, Cause::Manual));
    screen.take();
    screen.press("s");
    assert!(screen.take().is_empty() && toast(&screen).contains("already syncing"));
    screen.press("S");
    let asked = screen.take();
    assert_eq!(asked.len(), 2, "{asked:?}");
}

#[test]
fn cancelling_shows_at_once() {
    let mut screen = browsing();
    screen.happen(started("billing", 20, Cause::Manual));
    screen.press("G");
    screen.take();
    screen.press("x");
    assert_eq!(screen.take(), [Effect::CancelSync { project: "billing".to_owned() }]);
    assert!(screen.text().contains("cancelling"));
}

#[test]
fn copies_are_of_the_selected_model() {
    let mut screen = browsing();
    screen.press("G");
    screen.take();
    for (keys, text) in [
        ("y y", "model.shop.stg_products"),
        ("y p", "models/staging/stg_products.sql"),
        ("y l", "ebb show stg_products --project shop"),
        ("y r", "shop\tmodel.shop.stg_products\tview\tmodels/staging/stg_products.sql"),
    ] {
        screen.press(keys);
        let copied = screen.take().into_iter().find_map(|effect| match effect {
            Effect::CopyText(copy) => Some(copy.text),
            _ => None,
        });
        assert_eq!(copied.as_deref(), Some(text), "{keys}");
    }
}

#[test]
fn esc_leaves_a_prefix_and_the_next_key_is_itself() {
    let mut screen = browsing();
    screen.press("y");
    screen.wait(400);
    assert!(screen.text().contains("copy id"), "{}", screen.text());
    screen.press("esc");
    screen.press("j");
    assert_eq!(selected(&screen), "billing/marts/");
}

#[test]
fn an_unknown_second_key_does_nothing() {
    let mut screen = browsing();
    screen.press("g");
    screen.press("s");
    assert!(screen.take().is_empty());
    assert!(screen.state.pending.keys.is_empty());
}

#[test]
fn pasted_text_never_runs_as_commands() {
    let mut screen = browsing();
    screen.send(Message::Pasted("qq".to_owned()));
    assert!(!screen.take().contains(&Effect::Quit));
    assert!(toast(&screen).contains("press / to filter"));
    screen.press("/");
    screen.send(Message::Pasted("two\nlines".to_owned()));
    assert!(toast(&screen).contains("only one line"));
}

#[test]
fn zoom_gives_the_screen_to_one_part_and_takes_it_back() {
    let mut screen = browsing();
    screen.press("z");
    assert_eq!(screen.state.areas().detail.area(), 0);
    screen.press("esc");
    assert!(screen.state.areas().detail.area() > 0);
}

#[test]
fn what_was_left_is_found_again() {
    let mut screen = browsing();
    screen.press("G");
    screen.press(".");
    screen.press("z");
    let saved = Saved::from_text(&screen.state.to_save().to_text());
    let mut next = Screen::new(Tab::Connections, 120, 40);
    next.state.restore(saved);
    next.load_models(models());
    assert_eq!((next.state.tab, selected(&next)), (Tab::Models, "shop#model.shop.stg_products".to_owned()));
    assert!(next.state.zoomed);
}

#[test]
fn the_screen_is_saved_after_a_rest_and_only_when_it_changed() {
    let mut screen = browsing();
    screen.wait(State::SAVE_AFTER + 1);
    screen.take();
    screen.wait(10_000);
    assert!(screen.take().is_empty());
    screen.press("G");
    screen.take();
    screen.wait(State::SAVE_AFTER + 1);
    assert!(screen.take().contains(&Effect::SaveScreen));
}

#[test]
fn an_idle_screen_has_no_deadline() {
    let mut screen = browsing();
    screen.load_syncs_if_asked();
    screen.press("G");
    screen.wait(10_000);
    assert_eq!(screen.state.next_deadline(), None);
}

#[test]
fn news_brings_fresh_data_and_keeps_the_selection() {
    let mut screen = browsing();
    screen.press("G");
    screen.take();
    screen.happen(EventKind::StoreChanged);
    screen.load_models(many(50));
    assert!(selected(&screen).starts_with("shop"), "the nearest neighbour: {}", selected(&screen));
}

#[test]
fn a_failure_stays_until_it_was_seen() {
    let mut screen = browsing();
    screen.state.say(Tone::Failed, "no route to host");
    screen.wait(60_000);
    assert_eq!(toast(&screen), "no route to host");
    screen.press("j");
    assert_eq!(toast(&screen), "");
}

#[test]
fn the_problem_of_the_selected_thing_is_one_key_away() {
    let mut screen = browsing();
    screen.press("!");
    assert_eq!(screen.state.tab, Tab::Troubleshooting);
    screen.press("[");
    assert_eq!(screen.state.tab, Tab::Models);
}

impl Screen {
    fn load_syncs_if_asked(&mut self) {
        if self.asked(&Query::Syncs).is_some() {
            self.load_syncs(syncs());
        }
    }
}
