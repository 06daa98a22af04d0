//! From keys to commands: the table's defaults with a person's own keys (`[ui.keys]`) over them.

use std::collections::BTreeMap;

use super::{COMMANDS, Command, CommandInfo, Context};
use crate::problem::{Code, Problem, Severity, Subject, nearest};
use crate::tui::key::{Chord, Key};
use crate::tui::state::Tab;

const UNKNOWN: Code = Code::new("CONFIG-KEYS-UNKNOWN");
const INVALID: Code = Code::new("CONFIG-KEYS-INVALID");
const CONFLICT: Code = Code::new("CONFIG-KEYS-CONFLICT");

#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    chord: Chord,
    command: Command,
    context: Context,
}

/// Which keys mean which command where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// What a sequence of keys means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    Command(Command),
    /// The beginning of these chords.
    Prefix(Vec<(Chord, Command)>),
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(&BTreeMap::new()).0
    }
}

impl Keymap {
    /// The defaults with `overrides` (command id -> keys, several separated by commas; `none` takes
    /// the keys away). What is not understood is left at its default and comes back as a problem.
    pub fn new(overrides: &BTreeMap<String, String>) -> (Self, Vec<Problem>) {
        let mut problems = unknown_ids(overrides);
        let mut own = Vec::new();
        let mut defaults = Vec::new();
        for info in COMMANDS {
            let written = overrides.get(info.id).map(|text| parse_keys(text));
            match written {
                Some(Ok(chords)) => own.extend(bindings_of(info, chords)),
                Some(Err(reason)) => {
                    problems.push(problem(INVALID, format!("ui.keys.{}: {reason}", info.id)));
                    defaults.extend(bindings_of(info, default_chords(info)));
                }
                None => defaults.extend(bindings_of(info, default_chords(info))),
            }
        }
        let mut keymap = Self { bindings: Vec::new() };
        // A person's own keys come first, so that they win against a default that they meet.
        for binding in own.into_iter().chain(defaults) {
            if let Some(other) = keymap.rival(&binding) {
                problems.push(conflict(&binding, other));
            } else {
                keymap.bindings.push(binding);
            }
        }
        (keymap, problems)
    }

    fn rival(&self, binding: &Binding) -> Option<&Binding> {
        self.bindings
            .iter()
            .find(|other| other.context.overlaps(binding.context) && meets(&other.chord, &binding.chord))
    }

    /// What the keys pressed so far mean in a pane.
    pub fn lookup(&self, pressed: &[Key], tab: Tab) -> Lookup {
        let here =
            self.bindings.iter().filter(|binding| binding.context.holds(tab) && binding.chord.0.starts_with(pressed));
        let mut longer = Vec::new();
        for binding in here {
            if binding.chord.0.len() == pressed.len() {
                return Lookup::Command(binding.command);
            }
            longer.push((binding.chord.clone(), binding.command));
        }
        if longer.is_empty() { Lookup::Nothing } else { Lookup::Prefix(longer) }
    }

    /// The chords of a command, the one to show first.
    pub fn chords(&self, command: Command) -> impl Iterator<Item = &Chord> {
        self.bindings.iter().filter(move |binding| binding.command == command).map(|binding| &binding.chord)
    }

    /// The chord to show for a command; empty when it has none.
    pub fn shown(&self, command: Command) -> String {
        self.chords(command).next().map(ToString::to_string).unwrap_or_default()
    }

    /// A text of ours in which `{sync}` stands for the key of the command with that id, as the person
    /// has it. A command without a key is named as the palette finds it.
    pub fn fill(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, (id, after))) =
            rest.split_once('{').and_then(|(before, opened)| Some((before, opened.split_once('}')?)))
        {
            text.push_str(before);
            match Command::by_id(id) {
                Some(command) => text.push_str(&self.way_to(command)),
                None => text.extend(["{", id, "}"]),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn way_to(&self, command: Command) -> String {
        let key = self.shown(command);
        if key.is_empty() { format!("{}{}", self.shown(Command::Palette), command.info().title) } else { key }
    }
}

fn meets(one: &Chord, other: &Chord) -> bool {
    one.0.starts_with(&other.0) || other.0.starts_with(&one.0)
}

fn bindings_of(info: &'static CommandInfo, chords: Vec<Chord>) -> impl Iterator<Item = Binding> {
    chords.into_iter().map(|chord| Binding { chord, command: info.command, context: info.context })
}

/// A test holds that every default can be read, so none is lost here.
fn default_chords(info: &CommandInfo) -> Vec<Chord> {
    info.keys.iter().filter_map(|text| Chord::parse(text).ok()).collect()
}

fn parse_keys(text: &str) -> Result<Vec<Chord>, String> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(Vec::new());
    }
    // The comma is a key, too: alone it is meant as one.
    if text.trim() == "," {
        return Chord::parse(",").map(|chord| vec![chord]);
    }
    text.split(',').map(Chord::parse).collect()
}

fn unknown_ids(overrides: &BTreeMap<String, String>) -> Vec<Problem> {
    let unknown = overrides.keys().filter(|id| Command::by_id(id).is_none());
    unknown
        .map(|id| {
            let nearest = nearest(id, COMMANDS.iter().map(|info| info.id));
            let nearest = nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            problem(UNKNOWN, format!("ui.keys: there is no command `{id}`{nearest}"))
        })
        .collect()
}

fn problem(code: Code, summary: String) -> Problem {
    Problem::new(code, Subject::Workspace, summary).with_severity(Severity::Warning)
}

fn conflict(lost: &Binding, won: &Binding) -> Problem {
    let (lost_id, won_id) = (lost.command.info().id, won.command.info().id);
    problem(
        CONFLICT,
        format!("ui.keys: `{}` is wanted by `{won_id}` and by `{lost_id}`; it stays with `{won_id}`", lost.chord),
    )
}
