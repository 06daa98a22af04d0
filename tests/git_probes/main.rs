//! `ebb git test`, `ebb git add` and `ebb git trust` by the real program: a real Git server, a double of the provider's API, and everything that
//! can be missing on the way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod adding;
mod facts;
mod forge;
mod listing;
mod on_screen;
mod steps;
#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code, unreachable_pub, reason = "the terminal is shared by several files")]
#[path = "../support/terminal.rs"]
mod terminal;
mod trusting;
