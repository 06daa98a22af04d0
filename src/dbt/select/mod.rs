//! Which nodes of a project are meant: dbt's selection syntax and `selectors.yml`, as dbt Core 1.7
//! decides them (`graph/selector_spec.py`, `selector_methods.py`, `selector.py`, `graph/cli.py`).
//! Pure: paths are matched against the files that the project has, nothing is looked up.
//!
//! ```text
//! criterion     `2+tag:nightly+`: one criterion, read
//! spec          unions, intersections, differences of them; what the command line gives
//! definitions   the same from `selectors.yml`; file reads it
//! methods       which nodes one criterion means by itself; patterns, paths, versions
//! graph         who is above and below, within what may be selected
//! choose        all of it put together, with the tests that come along
//! listing       the chosen nodes as `dbt ls` prints them
//! typed         whether words in a filter are a selection
//! ```

mod choose;
mod criterion;
mod definitions;
mod file;
mod graph;
mod listing;
mod methods;
mod paths;
mod pattern;
mod spec;
mod typed;
mod versions;
mod written;

pub use choose::{Selected, Wanted, select};
pub use criterion::Indirect;
pub use definitions::Selectors;
pub use file::read_selectors;
pub use listing::{Form, RESOURCE_TYPES, listed, resource_types};
pub use spec::{Asked, SelectError, Spec};
pub use typed::is_selection;
