//! Options that dbt's own commands have: which project and profile, and which nodes.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::engine::{Asked, FolderRequest, Indirect, ProfileChoice, RESOURCE_TYPES};

use super::session::Session;

/// Which project, with which profile.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct DbtProject {
    /// The folder of dbt_project.yml [default: the workspace's, else this one]
    #[arg(long, value_name = "DIR")]
    project_dir: Option<PathBuf>,
    /// The folder of profiles.yml [env: DBT_PROFILES_DIR] [default: the project's, else ~/.dbt]
    #[arg(long, value_name = "DIR")]
    profiles_dir: Option<PathBuf>,
    /// Which profile, in the place of the one that dbt_project.yml names
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Which of the profile's targets
    #[arg(long, short, value_name = "NAME")]
    target: Option<String>,
    /// Variables of the project, as YAML: '{start: 2024-01-01}'
    #[arg(long, value_name = "YAML")]
    vars: Option<String>,
    /// The folder of another time's manifest.json, for state: and result: [env: DBT_STATE]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

impl DbtProject {
    /// What to load.
    pub(super) fn request(&self, session: &Session) -> FolderRequest {
        let here = session.environment.working_directory();
        let folder = match (&self.project_dir, session.location()) {
            (Some(folder), _) => session.environment.resolve_path(folder, here),
            (None, crate::workspace::Location::Folder(folder)) => folder,
            (None, _) => here.to_path_buf(),
        };
        let profile = ProfileChoice {
            profiles_dir: self.profiles_dir.clone(),
            profile: self.profile.clone(),
            target: self.target.clone(),
        };
        let state = self.state.as_deref().or_else(|| session.environment.variable("DBT_STATE").map(Path::new));
        let state = state.map(|folder| session.environment.resolve_path(folder, here));
        FolderRequest { folder, profile, vars: self.vars.clone(), state }
    }
}

/// Which nodes, in dbt's selection syntax.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct DbtSelection {
    /// Nodes to take: a name, METHOD:VALUE, + for parents and children, @; spaces unite, commas intersect
    #[arg(long, short, value_name = "SELECTION", num_args = 1..)]
    pub(super) select: Vec<String>,
    /// Nodes to leave out
    #[arg(long, value_name = "SELECTION", num_args = 1..)]
    exclude: Vec<String>,
    /// A selection that selectors.yml names
    #[arg(long, value_name = "NAME")]
    selector: Option<String>,
    /// Which tests come along with what is selected
    #[arg(long, value_name = "MODE", default_value = "eager", value_parser = ["eager", "cautious", "buildable", "empty"])]
    indirect_selection: String,
}

impl DbtSelection {
    pub(super) fn asked(&self) -> Asked {
        Asked {
            select: self.select.clone(),
            exclude: self.exclude.clone(),
            selector: self.selector.clone(),
            indirect: Indirect::of(&self.indirect_selection).unwrap_or_default(),
        }
    }
}

/// The values of `--resource-type`.
pub(super) fn resource_type_values() -> PossibleValuesParser {
    PossibleValuesParser::new(RESOURCE_TYPES.into_iter().chain(["default", "all"]))
}
