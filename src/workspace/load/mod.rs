//! A workspace read and checked: defaults < file < environment < flags.
//!
//! All or nothing: either a whole [`Workspace`] or the problems that stand in the way, as many of
//! them in one go as can be told apart. Never a panic, whatever the bytes.

mod check;
mod literal;
mod mistake;
mod overlay;
mod references;
mod shape;
mod source;
mod tree;

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::problem::{Action, Code, Fix, Grade, Problem, Subject};

use super::environment::Environment;
use super::find::Location;
use super::schema::schema;
use super::settings::Settings;
use check::Checked;
use mistake::{Kind, Mistake};
use shape::Shape;
use tree::Node;

use source::SourceText;
pub use source::Version;
pub(super) use source::{BYTE_ORDER_MARK, hexadecimal, read_bytes};

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
            Location::File(path) => SourceText::read(path).map_err(|problem| vec![*problem])?,
            Location::Folder(_) | Location::None => SourceText::new(String::new(), String::new()),
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
        let file = location.path().map(|path| path.display().to_string()).unwrap_or_default();
        let mut source = SourceText::new(file, text);
        let (settings, mistakes) = match tree_of(&source.text) {
            Ok(tree) => typed(tree, environment, flags),
            Err(errors) => {
                source.hide([]);
                return Err(errors.into_iter().map(|error| syntax_problem(error, &source)).collect());
            }
        };
        source.hide(mistakes.iter().filter_map(Mistake::hides));
        let (warnings, errors): (Vec<Mistake>, Vec<Mistake>) = mistakes.into_iter().partition(Mistake::is_warning);
        let warnings = warnings.into_iter().map(|mistake| mistake.into_problem(&source));
        match settings {
            Some(settings) if errors.is_empty() => {
                let version = Version::of(source.text.as_bytes());
                let warnings = warnings.collect();
                Ok(Self { location, settings, warnings, text: source.text, version })
            }
            _ => Err(errors.into_iter().map(|mistake| mistake.into_problem(&source)).chain(warnings).collect()),
        }
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

/// Most syntax errors told of at once: the later ones are often echoes of the first.
const MOST_SYNTAX_ERRORS: usize = 5;
/// In a longer text only the first error is looked for: the parser keeps every one in memory.
const LONGEST_FOR_SEVERAL: usize = 256 * 1024;

fn tree_of(text: &str) -> Result<Node, Vec<toml::de::Error>> {
    match DeTable::parse(text) {
        Ok(table) => Ok(Node::of_file(&table)),
        Err(error) if text.len() > LONGEST_FOR_SEVERAL => Err(vec![error]),
        Err(_) => Err(syntax_errors(text)),
    }
}

/// The first error of each line, as far as it is not an echo of an earlier one.
fn syntax_errors(text: &str) -> Vec<toml::de::Error> {
    let (_, mut errors) = DeTable::parse_recoverable(text);
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    errors.sort_by_key(start);
    errors.truncate(100);
    errors.dedup_by_key(|error| text.get(..start(error)).unwrap_or(text).matches('\n').count());
    // After a list, a table or a text that is not closed, the parser takes all that follows for a part of it.
    let swallows = |error: &toml::de::Error| {
        ["array", "inline table", "multi-line", "recur"].iter().any(|word| error.message().contains(word))
    };
    let last = errors.iter().position(swallows).map_or(errors.len(), |index| index + 1);
    errors.truncate(last.min(MOST_SYNTAX_ERRORS));
    errors
}

/// The tree with everything laid over it, checked and made into types. No settings when a mistake
/// is in the way.
fn typed(mut tree: Node, environment: &Environment, flags: &[Assignment]) -> (Option<Settings>, Vec<Mistake>) {
    let shape = Shape::of_schema(&schema());
    let mut checked = Checked::default();
    overlay::variables(&mut tree, &shape, environment, &mut checked);
    overlay::flags(&mut tree, &shape, flags, &mut checked);
    let json = checked.check(&shape, &tree, &[], &tree.origin).unwrap_or_default();
    if !checked.mistakes.iter().all(Mistake::is_warning) {
        return (None, checked.mistakes);
    }
    match serde_json::from_value::<Settings>(json) {
        Ok(settings) => {
            references::check(&settings, &tree, &mut checked);
            (Some(settings), checked.mistakes)
        }
        // The shape allows what the types refuse: not expected, and still no reason to panic.
        Err(error) => {
            checked.add(Kind::Type, &tree.origin, error.to_string(), String::new(), "Correct the value".to_owned());
            (None, checked.mistakes)
        }
    }
}

fn syntax_problem(error: toml::de::Error, source: &SourceText) -> Problem {
    let problem =
        Problem::new(Code::new("CONFIG-SYNTAX"), Subject::Workspace, format!("not TOML: {}", error.message()));
    let place = source.place(error.span().unwrap_or_default());
    let open = Action::Open { file: place.file.clone(), line: place.line };
    let title = format!("Correct line {}, column {}", place.line, place.column);
    problem.with_place(place).with_fix(Fix::new(title, Grade::Show, open))
}

#[cfg(test)]
mod tests;
