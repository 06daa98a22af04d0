//! What a setting's type cannot say: names that must be defined somewhere else in the file, and times.

use super::check::Checked;
use super::mistake::Kind;
use super::tree::Node;
use crate::problem::nearest;
use crate::workspace::edit::key as dotted;
use crate::workspace::settings::Settings;
use crate::workspace::source::SourceKey;

/// Every project's Git connection and source must be there.
pub(super) fn check(settings: &Settings, tree: &Node, checked: &mut Checked) {
    misplaced_keys(settings, tree, checked);
    let connections: Vec<&str> = settings.git.keys().map(String::as_str).collect();
    let sources: Vec<&str> = settings.sources.keys().map(String::as_str).collect();
    for (name, project) in &settings.projects {
        let git = Reference { path: ["projects", name, "git"], kind: "Git connection", table: "git" };
        let source = Reference { path: ["projects", name, "source"], kind: "source", table: "sources" };
        for (reference, named, known) in [(git, &project.git, &connections), (source, &project.source, &sources)] {
            if let Some(named) = named.as_deref().filter(|named| !known.contains(named)) {
                reference.missing(named, known, tree, checked);
            }
        }
        if project.every.is_some() && project.interval().is_none() {
            let path = ["projects", name, "every"];
            let origin = tree.find(&path).map_or(&tree.origin, |entry| &entry.node.origin);
            let summary = format!("{} is no time of 10 s to 7 d", dotted(&path));
            let expected = "It must be a number with s, m, h or d, such as \"15m\"".to_owned();
            checked.add(Kind::Type, origin, summary, expected, "Write it as \"15m\"".to_owned());
        }
    }
}

/// A key of a source that another type of warehouse has would be without effect.
fn misplaced_keys(settings: &Settings, tree: &Node, checked: &mut Checked) {
    for (name, source) in &settings.sources {
        for key in SourceKey::ALL.iter().filter(|key| !key.types.contains(&source.kind)) {
            let path = ["sources", name, key.name];
            let Some(entry) = tree.find(&path) else { continue };
            let types: Vec<&str> = key.types.iter().map(|kind| kind.word()).collect();
            let summary = format!("{} is without effect: the source's type is {}", dotted(&path), source.kind.word());
            let expected = format!("{} is for {}", key.name, types.join(", "));
            checked.add(Kind::UnknownKey, &entry.key, summary, expected, format!("Remove {}", key.name));
        }
    }
}

/// A setting that names an entry of another table.
struct Reference<'a> {
    path: [&'a str; 3],
    kind: &'a str,
    table: &'a str,
}

impl Reference<'_> {
    fn missing(&self, named: &str, known: &[&str], tree: &Node, checked: &mut Checked) {
        let origin = tree.find(&self.path).map_or(&tree.origin, |entry| &entry.node.origin);
        let key = dotted(&self.path);
        let shown: String = named.chars().filter(|character| !character.is_control()).take(40).collect();
        let not_there = format!("{key} names the {} \"{shown}\", which is not defined", self.kind);
        let header = dotted(&[self.table, named]);
        let (summary, fix) = match nearest(named, known.iter().copied()) {
            Some(meant) => (format!("{not_there}; did you mean \"{meant}\"?"), format!("Set {key} to \"{meant}\"")),
            None => (not_there, format!("Define it under [{header}], or remove {key}")),
        };
        let expected = match known {
            [] => format!("No {} is defined: there is no table [{header}]", self.kind),
            known => format!("Defined are: {}", known.join(", ")),
        };
        checked.add(Kind::Reference, origin, summary, expected, fix);
    }
}
