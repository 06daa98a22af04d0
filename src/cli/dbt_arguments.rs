//! Options that dbt's own commands have: which project and profile, and which nodes.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::engine::{Asked, FolderProject, FolderRequest, Indirect, ProfileChoice, RESOURCE_TYPES, load_folder};

use super::failure::Failure;
use super::session::Session;

/// Which project, with which profile.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct DbtProject {
    /// A project of the workspace, as its last good sync found it, in the place of a folder
    #[arg(long = "project", value_name = "NAME", conflicts_with_all = ["project_dir", "profiles_dir", "profile", "target"])]
    name: Option<String>,
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
    /// Loads it. A workspace's project is read from its repository's cache: it must have been synced once.
    pub(super) fn load(&self, session: &Session) -> Result<FolderProject, Failure> {
        let Some(name) = &self.name else {
            return load_folder(&session.environment, &self.request(session)).map_err(Failure::Work);
        };
        let opened = session.open()?;
        opened.known_project(name)?;
        let here = session.environment.working_directory();
        let state = self.state.as_deref().map(|folder| session.environment.resolve_path(folder, here));
        let loaded = opened.wait(opened.engine.load_project(name, self.vars.as_deref(), state.as_deref()));
        loaded.map_err(Failure::Work)?.ok_or_else(|| Failure::WrongUse {
            summary: format!("the project {name:?} has not been synced yet"),
            hints: vec![format!("run `{}`", session.typed(&format!("sync {name}")))],
        })
    }

    /// The folder is this one, as for `--project-dir`.
    pub(super) fn set_folder(&mut self, folder: &Path) {
        self.project_dir = Some(folder.to_path_buf());
    }

    /// What to load of a folder.
    fn request(&self, session: &Session) -> FolderRequest {
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
