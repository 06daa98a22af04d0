//! From files to nodes: what each file holds, what YAML says about it, and how it is configured in the
//! end. Every step works on one file or node, so that all of them can be done side by side.

mod configure;
mod contract;
mod draft;
mod exposure;
mod files;
mod freshness;
mod generic_test;
mod patch;
mod properties;
mod python_model;
mod semantic;
mod semantic_shapes;
mod skeleton;
mod source;
mod static_text;
mod test_arguments;
mod test_names;
mod whereabouts;

pub(crate) use configure::configure;
pub(crate) use draft::{Draft, Origin, node_problem, setting_problem};
pub(crate) use exposure::exposure_draft;
pub(crate) use files::{NodePaths, hook_drafts, parse_file};
pub(crate) use generic_test::{TestJob, parse_test};
pub(crate) use patch::match_patches;
pub(crate) use properties::{GroupEntry, MacroPatch, Patch, Properties, YamlFile, is_newer, read_properties};
pub(crate) use semantic::semantic_drafts;
pub(crate) use skeleton::hex;
pub(crate) use source::{source_drafts, source_tests};
pub(crate) use test_arguments::define_kwargs;
pub(crate) use whereabouts::{entry_named, first_line, macro_named, place_of_doc};
