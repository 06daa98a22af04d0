//! `ebb ls`: the nodes of a dbt project, in a folder or of the workspace, selected and printed as `dbt ls` does.

use clap::{Args, ValueEnum};

use crate::engine::{Form, listed, resource_types};
use crate::problem::{Problem, Severity};

use super::Exit;
use super::dbt_arguments::{DbtProject, DbtSelection, resource_type_values};
use super::failure::Failure;
use super::print::{Output, words};
use super::session::Session;
use super::told::tell;

#[derive(Args, Clone, Debug)]
pub(super) struct Ls {
    #[command(flatten)]
    project: DbtProject,
    #[command(flatten)]
    selection: DbtSelection,
    /// Models to take: as --select, and only models are listed
    #[arg(long, short, value_name = "SELECTION", num_args = 1.., conflicts_with_all = ["select", "resource_types"])]
    models: Vec<String>,
    /// Only nodes of these kinds
    #[arg(long = "resource-type", value_name = "KIND", num_args = 1.., value_parser = resource_type_values())]
    resource_types: Vec<String>,
    /// What to print of each node
    #[arg(long, value_enum, value_name = "FORM", default_value_t = OutputForm::Selector)]
    output: OutputForm,
    /// Keys of each JSON object, in the place of dbt's choice
    #[arg(long, value_name = "KEY", num_args = 1..)]
    output_keys: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    Selector,
    Name,
    Path,
    Json,
}

impl Ls {
    fn form(&self, output: &Output) -> Form {
        match self.output {
            OutputForm::Selector if output.json => Form::Json,
            OutputForm::Selector => Form::Selector,
            OutputForm::Name => Form::Name,
            OutputForm::Path => Form::Path,
            OutputForm::Json => Form::Json,
        }
    }
}

pub(super) fn run(session: &Session, ls: &Ls, output: &mut Output) -> Result<Exit, Failure> {
    let loaded = ls.project.load(session)?;
    let mut asked = ls.selection.asked();
    let kinds = if ls.models.is_empty() {
        resource_types(&ls.resource_types)
    } else {
        asked.select.clone_from(&ls.models);
        vec!["model"]
    };
    // As dbt does: files without text are not listed among tests alone.
    let with_empty = kinds != ["test"];
    let selected = loaded.select(&asked, &kinds, with_empty)?;
    for remark in &selected.remarks {
        output.remark(&words(remark))?;
    }
    let form = ls.form(output);
    for node in selected.ids.iter().filter_map(|id| loaded.project.nodes.get(id)) {
        let line = listed(node, &loaded.project, form, &ls.output_keys);
        // JSON is escaped already; a name may hold anything.
        output.line(if form == Form::Json { line } else { words(&line) })?;
    }
    if selected.ids.is_empty() {
        output.remark("No nodes selected!")?;
    }
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let told = tell(&loaded.problems.iter().filter(is_error).collect::<Vec<_>>(), output);
    loaded.keep();
    told
}
