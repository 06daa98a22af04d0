//! The screen: a fold over messages (`update`), a drawing of the state (`view`), and one loop (`run`).
//!
//! State, `update` and `view` are pure: no task, no terminal, no clock.

pub mod glyphs;
pub mod text;
pub mod theme;
pub mod widgets;
