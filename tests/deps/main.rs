//! Packages, by the real program against a hub and repositories of our own: as dbt Core 1.7.20 brings them
//! (`expected/` is what it made of the same cases), and what happens when things go wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod as_dbt;
#[allow(dead_code, unreachable_pub, reason = "it is shared by several files")]
#[path = "../support/background.rs"]
mod background;
mod failing;
mod folder;
mod hub;
mod place;
mod syncing;
