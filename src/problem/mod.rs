//! Problems as values: what went wrong, with what evidence, and what mends it.
//!
//! The lowest module of the house: it imports no other module of this crate, does no I/O and knows
//! no clock. Typed errors live in the module that fails; at that module's edge they become a
//! [`Problem`], and the [`catalogue`] adds what is known of its code.

pub mod catalogue;
mod excerpt;
mod fix;
mod value;

pub use catalogue::{Area, Catalogue, Entry};
pub use excerpt::{Excerpt, Place};
pub use fix::{Action, Fix, Grade};
pub use value::{Code, Evidence, Problem, Severity, Subject};
