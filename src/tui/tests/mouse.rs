//! The mouse does what the keys do, where it is.

use super::keys::{browsing, selected};
use crate::tui::effect::Effect;
use crate::tui::layout::Focus;
use crate::tui::message::{Message, Mouse, MouseAction};
use crate::tui::state::Tab;

#[test]
fn a_click_selects_and_a_second_one_opens() {
    let mut screen = browsing();
    let click = |column, row| Message::MouseMoved(Mouse { action: MouseAction::Pressed, column, row });
    screen.send(click(5, 5));
    assert_eq!(selected(&screen), "billing#model.billing.invoices");
    screen.send(click(5, 5));
    assert_eq!(screen.state.focus, Focus::Detail);
    screen.send(click(3, 1));
    assert_eq!(screen.state.tab, Tab::Connections);
}

#[test]
fn the_wheel_moves_what_is_under_it() {
    let mut screen = browsing();
    screen.send(Message::MouseMoved(Mouse { action: MouseAction::ScrolledDown, column: 5, row: 5 }));
    assert_eq!(selected(&screen), "shop/");
    screen.send(Message::MouseMoved(Mouse { action: MouseAction::ScrolledDown, column: 100, row: 5 }));
    assert_eq!(selected(&screen), "shop/");
}

#[test]
fn a_click_on_a_hint_is_its_key() {
    let mut screen = browsing();
    let footer = screen.text().lines().last().unwrap().find("quit").unwrap() as u16;
    screen.send(Message::MouseMoved(Mouse { action: MouseAction::Pressed, column: footer - 6, row: 39 }));
    assert!(screen.take().contains(&Effect::Quit));
}
