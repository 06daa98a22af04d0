//! The terminal, taken and given back: modes, one write a frame, suspend, hand-over, and the ways
//! out. Knows nothing of what is drawn.
//!
//! Never asks the terminal anything: an answer may come late, into the wrong program, or never.

mod backend;
mod facts;
mod guard;
mod hang_up;

#[cfg(test)]
pub(super) use backend::FrameBackend;
pub(super) use facts::Facts;
pub(super) use guard::Guard;
pub(super) use hang_up::{exit_at_once, watch_for_hang_up};

#[cfg(test)]
mod tests;
