//! Filters as they are typed, completed, kept and taken away.

use super::keys::{browsing, selected, typed};
use crate::engine::Selection;
use crate::tui::effect::{Effect, Query};
use crate::tui::message::Message;
use crate::tui::panes::fixtures::Screen;
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

fn answer(screen: &mut Screen, words: &str, selection: Selection) {
    let generation = screen.asked(&Query::Selection(words.to_owned())).unwrap();
    screen.send(Message::SelectionLoaded { generation, selection });
}

fn meaning(names: &[&str]) -> Selection {
    let ids = names.iter().map(|name| ("shop".to_owned(), format!("model.shop.{name}"))).collect();
    Selection { ids, ..Selection::default() }
}

#[test]
fn a_selection_in_the_filter_is_asked_of_the_graph_and_all_else_is_looked_for_here() {
    let mut screen = browsing();
    screen.press("/");
    typed(&mut screen, "fct_orders");
    assert!(screen.effects.iter().all(|effect| !matches!(effect, Effect::Load { query: Query::Selection(_), .. })));
    typed(&mut screen, "+");
    answer(&mut screen, "fct_orders+", meaning(&["fct_orders", "fct_revenue_daily", "stg_orders"]));
    assert!(screen.text().contains("3/13"), "{}", screen.text());
    typed(&mut screen, " is:broken");
    assert!(screen.text().contains("1/13"), "fields narrow a selection down:\n{}", screen.text());
    screen.press("enter");
    screen.press("esc");
    assert!(screen.text().contains("▾ shop"), "Esc takes it away");
}

#[test]
fn an_older_answer_than_the_text_is_dropped() {
    let mut screen = browsing();
    screen.press("/");
    typed(&mut screen, "+stg_orders");
    let late = screen.asked(&Query::Selection("+stg_order".to_owned())).unwrap();
    answer(&mut screen, "+stg_orders", meaning(&["stg_orders"]));
    screen.send(Message::SelectionLoaded { generation: late, selection: meaning(&["dim_customers", "fct_orders"]) });
    assert!(screen.text().contains("1/13"), "{}", screen.text());
}

#[test]
fn what_is_wrong_with_a_selection_is_told_below_the_filter() {
    let refused = "'nope' is not a valid method name; Write tag, if that is meant";
    let remark = "The selection criterion '+nothing' does not match any nodes";
    for (words, selection) in [
        ("nope:x+", Selection { refused: Some(refused.to_owned()), ..Selection::default() }),
        ("+nothing", Selection { remarks: vec![remark.to_owned()], ..Selection::default() }),
    ] {
        let mut screen = browsing();
        screen.press("/");
        typed(&mut screen, words);
        let told = selection.refused.clone().or_else(|| selection.remarks.first().cloned()).unwrap();
        answer(&mut screen, words, selection);
        let beginning: String = told.chars().take(30).collect();
        assert!(screen.text().contains(&beginning), "{}", screen.text());
    }
}

#[test]
fn methods_and_names_of_a_selection_are_completed() {
    for (words, tabs, wanted) in [
        ("+dim_c", 1, "+dim_customers"),
        ("@stg_o", 1, "@stg_orders"),
        ("path:models/marts/f", 1, "path:models/marts/finance"),
        ("config.m", 1, "config.materialized:"),
        ("+a,state:mod", 2, "+a,state:modified.body"),
    ] {
        let mut screen = browsing();
        screen.press("/");
        typed(&mut screen, words);
        (0..tabs).for_each(|_| screen.press("tab"));
        let title = screen.text().lines().find(|line| line.contains("2 Models ─")).unwrap().to_owned();
        assert!(title.contains(&format!("/{wanted} ")), "{title}");
    }
}
