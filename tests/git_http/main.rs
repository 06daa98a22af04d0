//! Fetching over HTTP from a real `git http-backend`, well and badly behaved.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod faults;
mod fetching;
mod hostile;
mod on_disk;
mod refusals;
mod scene;
#[path = "../support/mod.rs"]
mod support;
