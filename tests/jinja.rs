//! The Jinja engine against Jinja2's own answers, and against tables of what Python does.

#[path = "jinja/support.rs"]
mod support;

#[path = "jinja/blocks.rs"]
mod blocks;
#[path = "jinja/cases.rs"]
mod cases;
#[path = "jinja/container_methods.rs"]
mod container_methods;
#[path = "jinja/differential.rs"]
mod differential;
#[path = "jinja/errors.rs"]
mod errors;
#[path = "jinja/filters_numbers.rs"]
mod filters_numbers;
#[path = "jinja/filters_sequences.rs"]
mod filters_sequences;
#[path = "jinja/filters_text.rs"]
mod filters_text;
#[path = "jinja/limits.rs"]
mod limits;
#[path = "jinja/macros.rs"]
mod macros;
#[path = "jinja/native.rs"]
mod native;
#[path = "jinja/objects.rs"]
mod objects;
#[path = "jinja/operators.rs"]
mod operators;
#[path = "jinja/predicates.rs"]
mod predicates;
#[path = "jinja/scopes.rs"]
mod scopes;
#[path = "jinja/statements.rs"]
mod statements;
#[path = "jinja/subjects.rs"]
mod subjects;
#[path = "jinja/text_methods.rs"]
mod text_methods;
#[path = "jinja/undefined.rs"]
mod undefined;
#[path = "jinja/values.rs"]
mod values;
