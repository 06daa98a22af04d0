//! Filters as they are typed, completed, kept and taken away.

use super::keys::{browsing, selected, typed};
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::Tab;

#[test]
fn a_filter_is_flat_and_best_first_and_esc_brings_the_selection_back() {
    let mut screen = browsing();
    screen.press("j");
    screen.press("/");
    typed(&mut screen, "dimc");
    assert_eq!(selected(&screen), "shop#model.shop.dim_customers");
    screen.press("esc");
    assert_eq!(selected(&screen), "billing/marts/");
}

#[test]
fn a_filter_that_is_entered_stays_and_esc_takes_it_away_but_not_the_row() {
    let mut screen = browsing();
    screen.press("/");
    typed(&mut screen, "customers");
    screen.press("down");
    let found = selected(&screen);
    screen.press("enter");
    assert!(!screen.state.pane().0.typing());
    screen.press("j");
    screen.press("k");
    assert_eq!(selected(&screen), found);
    screen.press("esc");
    assert_eq!(selected(&screen), found, "in the tree as well");
    assert!(screen.text().contains("▾ shop"));
}

#[test]
fn a_new_filter_begins_empty() {
    let mut screen = browsing();
    for words in ["cust", "orders"] {
        screen.press("/");
        typed(&mut screen, words);
        screen.press("enter");
    }
    assert!(screen.text().contains(" /orders ") && screen.text().contains("fct_orders"), "{}", screen.text());
}

#[test]
fn a_filter_takes_fields() {
    for (words, count) in [
        ("as:table", 6),
        ("is:broken", 1),
        ("project:billing", 1),
        ("folder:core", 3),
        ("tag:nightly fct", 2),
        ("!as:table ^stg", 4),
    ] {
        let mut screen = browsing();
        screen.press("/");
        screen.send(Message::Pasted(words.to_owned()));
        let position = format!(" {count}/13 ");
        assert!(screen.text().contains(&position), "{words}: {}", screen.text());
    }
}

#[test]
fn tab_completes_fields_and_their_values() {
    let mut screen = browsing();
    screen.press("/ a tab");
    assert!(screen.text().contains("/as: "), "{}", screen.text());
    screen.press("tab");
    let text = screen.text();
    assert!(text.contains("│▌ephemeral") && text.contains("/as:ephemeral "), "{text}");
    screen.press("tab");
    insta::assert_snapshot!("completing", screen.text());
    screen.press("tab");
    screen.press("space f o tab s tab");
    let text = screen.text();
    assert!(text.contains("/[as:table] folder:staging ") && !text.contains("│▌table"), "{text}");
    screen.press("enter");
    assert!(screen.text().contains("/[as:table] [folder:staging] "), "{}", screen.text());
    screen.press("tab");
    assert_eq!(screen.state.tab, Tab::History, "nothing is typed any more");
}

#[test]
fn letters_are_text_while_a_filter_is_typed() {
    let mut screen = browsing();
    screen.press("/");
    typed(&mut screen, "sq");
    assert!(screen.take().iter().all(|effect| !matches!(effect, Effect::SyncProject { .. } | Effect::Quit)));
    assert!(screen.text().contains("/sq"));
}
