//! The Jinja engine against Jinja2's own answers, and against tables of what Python does.

#[path = "jinja/support.rs"]
mod support;

#[path = "jinja/cases.rs"]
mod cases;
