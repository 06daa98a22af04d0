//! Problems as values: what went wrong, with what evidence, and what mends it.
//!
//! The lowest module of the house: it imports no other module of this crate, does no I/O and knows
//! no clock. Typed errors live in the module that fails; at that module's edge they become a
//! [`Problem`], and the [`catalogue`] adds what is known of its code.

mod catalogue;
mod clean;
pub mod diagnosis;
mod excerpt;
mod fix;
mod nearest;
mod reference;
pub mod text;
mod value;

pub use catalogue::{Advice, Area, Catalogue, Entry};
pub use clean::{clean, clean_columns, clean_line};
pub use diagnosis::{Diagnosis, Provider};
pub use excerpt::{Excerpt, Place};
pub use fix::{Action, Fix, Grade, key_part};
pub use nearest::{is_near, nearest, nearest_few};
pub use reference::reference;
pub use value::{Code, Evidence, Problem, Severity, Subject};
