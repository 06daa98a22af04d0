//! The command line through the real program: `commands` as a script meets it, `terminal` as a person
//! does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod commands;
mod compile;
mod events;
mod hostile;
mod ls;
mod parse;
mod place;
mod terminal;
