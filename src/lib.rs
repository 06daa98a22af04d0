//! Ebbtide brings a team's dbt models out of Git, shows them, and mends what breaks on the way.
//!
//! # The map of the house
//!
//! ```text
//!         tui            cli                     faces: what a person or a machine sees; no business logic
//!           \             |
//!            +--------- engine                   use cases, jobs, events; the only one that does everything
//!                         |
//!         +---------------+-------------+
//!        git             dbt        warehouse    what the product knows how to do
//!         |               |             |
//!         |             jinja           |
//!         +------ problem, workspace, store      what went wrong; what was configured; what happened
//! ```
//!
//! Arrows point down only; `tests/architecture.rs` reads the `use` lines and holds it.
//!
//! Invariants:
//! - `jinja`, `dbt`, `problem` and the screen's state, `update` and `view` do no I/O, start no task
//!   and know no clock: time and files come in as values or through a small trait.
//! - The engine reaches the world through its `World`; a face reaches everything through the engine.
//! - A failure that a person can meet is a [`problem::Problem`] with a code of the catalogue.
//! - Foreign text is cleaned of control characters before it meets the terminal.

pub mod cli;
pub mod dbt;
pub mod engine;
pub mod git;
pub mod jinja;
pub mod problem;
pub mod store;
pub mod tui;
pub mod warehouse;
pub mod workspace;
