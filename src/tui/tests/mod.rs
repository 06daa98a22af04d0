//! The whole screen under test: scripts of keys, random messages, and pictures of every pane.

mod browser;
mod budgets;
mod filter;
mod jump;
mod keys;
mod live;
mod mouse;
mod overlays;
mod pictures;
mod preview;
mod random;
mod set_up;
mod words;
