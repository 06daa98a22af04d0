//! GitHub Apps against a double of GitHub that refuses what GitHub refuses, and against GitHub's own
//! published description where it is at hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod description;
mod double;
mod keys;
mod pushes;
mod refusals;
#[path = "../support/mod.rs"]
mod support;
mod syncs;
mod tokens;
