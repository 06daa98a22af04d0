//! Letters on rows and buttons, and the line of advice: as a person meets them.

use std::collections::HashSet;

use ratatui::layout::{Position, Rect};

use super::keys::{browsing, selected};
use crate::tui::commands::Command;
use crate::tui::layout::{Focus, inside};
use crate::tui::message::{Message, Mouse, MouseAction};
use crate::tui::panes::fixtures::{Screen, problems, syncs};
use crate::tui::panes::model_fixtures::connected;
use crate::tui::state::{Saved, Tab};
use crate::tui::view;

/// The two letters that stand at a place.
fn letters(screen: &Screen, place: Position) -> [String; 2] {
    let text = screen.text();
    let line: Vec<char> = text.lines().nth(usize::from(place.y)).unwrap_or_default().chars().collect();
    [0, 1].map(|after| line.get(usize::from(place.x) + after).map(ToString::to_string).unwrap_or_default())
}

/// Jumps to a place by the letters on it.
fn jump(screen: &mut Screen, place: Position) {
    screen.press("'");
    for letter in letters(screen, place) {
        screen.press(&letter);
    }
}

fn row(screen: &Screen, row: u16) -> Position {
    let list = inside(screen.state.areas().list);
    Position::new(list.x, list.y + row)
}

#[test]
fn the_letters_of_a_row_select_it_and_once_more_open_it() {
    let mut screen = browsing();
    let third = row(&screen, 2);
    jump(&mut screen, third);
    assert_eq!((selected(&screen).as_str(), screen.state.focus), ("billing#model.billing.invoices", Focus::List));
    jump(&mut screen, third);
    assert_eq!(screen.state.focus, Focus::Detail);
}

#[test]
fn rows_below_the_heads_of_columns_are_reached() {
    let mut screen = Screen::new(Tab::History, 80, 24);
    screen.load(connected());
    screen.load_syncs(syncs());
    let third = row(&screen, 3);
    jump(&mut screen, third);
    assert_eq!(selected(&screen), "12");
}

#[test]
fn tabs_views_details_and_hints_are_buttons() {
    let mut screen = browsing();
    screen.press("G");
    let place_of = |screen: &Screen, tab| {
        let tabs = view::tab_places(&screen.state, screen.state.areas().tabs);
        tabs.iter().find(|(other, ..)| *other == tab).map(|(_, _, place)| place.as_position()).unwrap()
    };
    let (pane, context) = screen.state.pane();
    let sql = pane.views(&context)[1];
    jump(&mut screen, sql.as_position());
    assert!(screen.text().contains("▌SQL raw") && screen.state.focus == Focus::Detail);
    let history = place_of(&screen, Tab::History);
    jump(&mut screen, history);
    assert_eq!(screen.state.tab, Tab::History);
    let corner = screen.state.areas().detail.as_position();
    jump(&mut screen, corner);
    assert_eq!(screen.state.focus, Focus::Detail);
    let hints = view::hint_places(&screen.state, screen.state.areas().footer);
    let keys = hints.iter().find(|(command, ..)| *command == Command::Keys).unwrap().2;
    jump(&mut screen, keys.as_position());
    assert!(screen.text().contains("type to filter"));
}

#[test]
fn esc_leaves_and_other_letters_change_nothing() {
    let mut screen = browsing();
    let before = screen.text();
    screen.press("' esc");
    assert_eq!(screen.text(), before);
    screen.press("'");
    let labelled = screen.text();
    assert_ne!(labelled, before);
    screen.press("z");
    assert_eq!(screen.text(), labelled, "no label begins with it");
    screen.press("f");
    let narrowed = screen.text();
    assert_ne!(narrowed, labelled);
    screen.press("z");
    assert_eq!(screen.text(), narrowed, "no label ends with it");
    screen.press("backspace");
    assert_eq!(screen.text(), labelled);
    screen.press("esc");
    assert_eq!((screen.text(), selected(&screen).as_str()), (before, "billing/"));
}

#[test]
fn every_label_is_another_and_on_the_screen() {
    for (columns, rows) in [(60, 15), (80, 24), (120, 40), (300, 100)] {
        for tab in Tab::ALL {
            let mut screen = Screen::new(tab, columns, rows);
            screen.load(connected());
            screen.load_models(crate::tui::panes::model_fixtures::many(400));
            screen.load_syncs(syncs());
            screen.load_problems(problems());
            screen.press("+");
            let places = crate::tui::overlays::labelled(&screen.state).collect::<Vec<_>>();
            let labels: HashSet<_> = places.iter().map(|(label, _)| *label).collect();
            let whole = Rect::new(0, 0, columns, rows);
            assert_eq!(labels.len(), places.len());
            assert!(
                places.len() > 8 && places.iter().all(|(_, place)| whole.union(*place) == whole),
                "{tab:?} {columns}"
            );
        }
    }
}

#[test]
fn a_click_ends_it() {
    let mut screen = browsing();
    screen.press("'");
    screen.send(Message::MouseMoved(Mouse { action: MouseAction::Pressed, column: 3, row: 5 }));
    assert!(screen.state.overlays.is_empty());
}

fn with_tips(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::new(Tab::Connections, columns, rows);
    screen.state.tips.on = true;
    screen.load(connected());
    screen
}

#[test]
fn a_tip_is_shown_where_there_is_room_and_stays_away_when_dismissed() {
    let mut screen = with_tips(120, 40);
    assert!(screen.text().contains("tip · : finds every command"), "{}", screen.text());
    assert!(with_tips(80, 24).state.tip().is_none());
    assert_eq!(screen.state.next_deadline(), screen.state.save_due, "it waits for nothing");
    screen.press("ctrl-t");
    assert!(!screen.text().contains("hides this"));
    let saved = Saved::from_text(&screen.state.to_save().to_text());
    let mut next = with_tips(120, 40);
    next.state.restore(saved);
    assert!(next.text().contains("tip · / filters"), "the next one, and not the first again");
    assert!(with_tips(120, 40).text().contains("tip · : finds"), "without what was saved, as on a first day");
}

#[test]
fn a_click_on_the_tip_dismisses_it_and_its_key_does_nothing_then() {
    let mut screen = with_tips(120, 40);
    screen.send(Message::MouseMoved(Mouse { action: MouseAction::Pressed, column: 20, row: 38 }));
    assert!(screen.state.tip().is_none());
    screen.press("ctrl-t");
    assert!(screen.text().contains("there is no tip"));
}

#[test]
fn pictures_of_letters_and_of_a_tip() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut screen = Screen::new(Tab::Models, columns, rows);
        screen.state.tips.on = true;
        screen.load(connected());
        screen.load_models(crate::tui::panes::model_fixtures::models());
        insta::assert_snapshot!(format!("tip_{columns}x{rows}"), screen.text());
        screen.press("'");
        insta::assert_snapshot!(format!("jump_{columns}x{rows}"), screen.text());
    }
}
