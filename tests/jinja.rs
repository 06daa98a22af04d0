//! The Jinja engine against Jinja2's own answers, and against tables of what Python does.

#[path = "jinja/support.rs"]
mod support;

#[path = "jinja/blocks.rs"]
mod blocks;
#[path = "jinja/cases.rs"]
mod cases;
#[path = "jinja/errors.rs"]
mod errors;
#[path = "jinja/limits.rs"]
mod limits;
#[path = "jinja/macros.rs"]
mod macros;
#[path = "jinja/native.rs"]
mod native;
#[path = "jinja/objects.rs"]
mod objects;
#[path = "jinja/scopes.rs"]
mod scopes;
#[path = "jinja/undefined.rs"]
mod undefined;
#[path = "jinja/values.rs"]
mod values;
