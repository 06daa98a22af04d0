//! What the terminal sends, as messages.

use ratatui::crossterm::event::{Event, KeyEventKind, MouseButton, MouseEventKind};

use crate::tui::key::Key;
use crate::tui::message::{Message, Mouse, MouseAction};

/// The message for an event; none for what nobody waits for (releases, movement).
pub(super) fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => Key::from_event(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Pasted(text)),
        Event::Resize(columns, rows) => Some(Message::Resized { columns, rows }),
        Event::FocusGained => Some(Message::FocusGained),
        Event::FocusLost => Some(Message::FocusLost),
        Event::Mouse(mouse) => {
            let action = match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => MouseAction::Pressed,
                MouseEventKind::ScrollUp => MouseAction::ScrolledUp,
                MouseEventKind::ScrollDown => MouseAction::ScrolledDown,
                _ => return None,
            };
            Some(Message::MouseMoved(Mouse { action, column: mouse.column, row: mouse.row }))
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent};

    use super::*;

    #[test]
    fn releases_and_movement_are_nothing() {
        let release = KeyEvent::new_with_kind(KeyCode::Char('a'), KeyModifiers::NONE, KeyEventKind::Release);
        assert!(message(Event::Key(release)).is_none());
        let moved = MouseEvent { kind: MouseEventKind::Moved, column: 1, row: 1, modifiers: KeyModifiers::NONE };
        assert!(message(Event::Mouse(moved)).is_none());
    }

    #[test]
    fn keys_clicks_pastes_and_sizes_come_through() {
        let press = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
        assert!(matches!(message(Event::Key(press)), Some(Message::Key(key)) if key == Key::char('a')));
        assert!(matches!(message(Event::Paste("x".to_owned())), Some(Message::Pasted(text)) if text == "x"));
        assert!(matches!(message(Event::Resize(3, 4)), Some(Message::Resized { columns: 3, rows: 4 })));
        let kind = MouseEventKind::Down(MouseButton::Left);
        let click = MouseEvent { kind, column: 5, row: 6, modifiers: KeyModifiers::NONE };
        let Some(Message::MouseMoved(mouse)) = message(Event::Mouse(click)) else { panic!("no click") };
        assert_eq!((mouse.action, mouse.column, mouse.row), (MouseAction::Pressed, 5, 6));
    }
}
