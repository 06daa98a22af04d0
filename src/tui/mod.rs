//! The screen: a fold over messages (`update`), a drawing of the state (`view`), and one loop (`run`).
//!
//! State, `update` and `view` are pure: no task, no terminal, no clock.
//!
//! Where to look:
//! - `commands/`: the one table of commands; keymap, `?`, footer, palette and README come from it.
//! - `message`, `effect`: what happened, and what is to be done. Closed sets.
//! - `state/`: what the screen knows. `update/`: how it changes. `view`, `layout`: how it is shown.
//! - `panes/`: one for each tab, behind one trait. `overlays/`: what lies over them.
//! - `run/`: the loop, and the carrying out of effects. `terminal/`, `clipboard`: the outside.
//! - `widgets/`, `theme`, `glyphs`, `text/`: the parts that panes are drawn with.

mod clipboard;
pub mod commands;
pub mod effect;
pub mod glyphs;
pub mod key;
pub mod layout;
mod live;
pub mod message;
pub mod overlays;
pub mod panes;
mod run;
pub mod state;
mod terminal;
#[cfg(test)]
mod tests;
pub mod text;
pub mod theme;
pub mod update;
pub mod view;
pub mod widgets;

pub use run::{Exit, Start, run};
