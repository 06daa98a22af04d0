//! Fetching over SSH from a real `sshd`, through the user's own `ssh`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod faults;
mod fetching;
mod hostile;
mod hosts;
mod keys;
mod scene;
#[path = "../support/mod.rs"]
mod support;
