//! The screen: a fold over messages (`update`), a drawing of the state (`view`), and one loop (`run`).
//!
//! State, `update` and `view` are pure: no task, no terminal, no clock.
//!
//! Where to look:
//! - `commands/`: the one table of commands; keymap, `?`, footer, palette and README come from it.
//! - `message`, `effect`: what happened, and what is to be done. Closed sets.
//! - `state/`: what the screen knows. `update/`: how it changes. `view`, `layout`: how it is shown.
//! - `panes/`: one for each tab, behind one trait. `overlays/`: what lies over them.
//! - `widgets/`, `theme`, `glyphs`, `text/`: the parts that panes are drawn with.

pub mod commands;
mod effect;
pub mod glyphs;
mod key;
mod layout;
mod live;
mod message;
mod overlays;
mod panes;
mod state;
pub mod text;
pub mod theme;
mod update;
mod view;
pub mod widgets;
