//! A workspace read and checked: defaults < file < environment < flags.
//!
//! All or nothing: either a whole [`Workspace`] or the problems that stand in the way, as many of
//! them in one go as can be told apart. Never a panic, whatever the bytes.

mod source;

use std::path::{Path, PathBuf};

use crate::problem::{Code, Problem, Subject};

use super::environment::Environment;
use super::find::Location;
use super::settings::Settings;

use source::SourceText;
pub use source::Version;
pub(super) use source::read_bytes;

/// One `--set key=value` of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Dotted, as in the file: `projects.shop.branch`.
    pub key: String,
    /// TOML, or the bare text where a text is expected.
    pub value: String,
}

/// A workspace that has been read and found right.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub location: Location,
    pub settings: Settings,
    /// What is odd and yet no obstacle, such as an unknown key.
    pub warnings: Vec<Problem>,
    /// The file as it was read; empty without a file.
    pub text: String,
    /// Of `text`; an edit is refused when the file has another one by then.
    pub version: Version,
}

impl Workspace {
    /// Reads what `location` names, with the variables `EBB_…` and the flags laid over it. Without a
    /// file only defaults, variables and flags count.
    pub fn load(location: Location, environment: &Environment, flags: &[Assignment]) -> Result<Self, Vec<Problem>> {
        let source = match &location {
            Location::File(path) => SourceText::read(path).map_err(|problem| vec![problem])?,
            Location::Folder(_) | Location::None => SourceText::empty(),
        };
        Self::from_text(location, source.text, environment, flags)
    }

    /// As [`Workspace::load`], with the text of the file given: what the file would mean.
    pub fn from_text(
        location: Location,
        text: String,
        environment: &Environment,
        flags: &[Assignment],
    ) -> Result<Self, Vec<Problem>> {
        let _ = (environment, flags);
        let file = location.path().map(|path| path.display().to_string()).unwrap_or_default();
        let source = SourceText { file, text };
        let settings: Settings = toml::from_str(&source.text).map_err(|error| {
            let problem = Problem::new(Code::new("CONFIG-SYNTAX"), Subject::Workspace, error.message());
            vec![match error.span() {
                Some(span) => problem.with_place(source.place(span)),
                None => problem,
            }]
        })?;
        let version = Version::of(source.text.as_bytes());
        Ok(Self { location, settings, warnings: Vec::new(), text: source.text, version })
    }

    /// What the title shows: the `name` of the file, else the folder's name, else nothing.
    pub fn name(&self) -> String {
        let folder = || Some(self.location.base()?.file_name()?.to_string_lossy().into_owned());
        self.settings.name.clone().or_else(folder).unwrap_or_default()
    }

    /// A path of the configuration made absolute: `~` is the home directory, and a relative path
    /// starts where `ebb.toml` is.
    pub fn resolve_path(&self, path: &Path, environment: &Environment) -> PathBuf {
        environment.resolve_path(path, self.base(environment))
    }

    /// The folder that relative paths start at.
    pub fn base<'a>(&'a self, environment: &'a Environment) -> &'a Path {
        self.location.base().unwrap_or_else(|| environment.working_directory())
    }
}
