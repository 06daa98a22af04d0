//! What setting up connections does to the overlays: tests and lists are begun over the form, and what is
//! told of them finds its way.

use super::{Confirm, ConnectionTest, Overlay, Picker, Tested};
use crate::engine::{ListedThing, Listing, NewProject, Probe, Removal, RemovalPreview, Tried};
use crate::problem::Problem;
use crate::tui::effect::{Effect, Generation};
use crate::tui::state::State;

/// Begins a list and shows it.
pub(super) fn list(state: &mut State, listing: Listing, new: Box<NewProject>) -> Vec<Effect> {
    state.tests.0 += 1;
    let picker = Picker::new(listing, state.tests);
    let ask = picker.ask(new);
    state.overlays.push(Overlay::Picker(Box::new(picker)));
    vec![ask]
}

/// Begins a test and shows it.
pub(in crate::tui) fn test(state: &mut State, tested: Tested) -> Vec<Effect> {
    state.tests.0 += 1;
    let test = ConnectionTest::new(tested, state.tests);
    let begin = test.begin();
    state.overlays.push(Overlay::ConnectionTest(Box::new(test)));
    vec![begin]
}

fn open_test(state: &mut State) -> Option<&mut ConnectionTest> {
    state.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::ConnectionTest(test) => Some(&mut **test),
        _ => None,
    })
}

pub(in crate::tui) fn probed(state: &mut State, generation: Generation, probe: Probe) {
    if let Some(test) = open_test(state) {
        test.told(generation, probe);
    }
}

pub(in crate::tui) fn tested(state: &mut State, generation: Generation, result: Result<bool, Box<Problem>>) {
    if let Some(test) = open_test(state) {
        test.ended(generation, result);
    }
}

/// A host is trusted: the test that met it begins anew.
pub(in crate::tui) fn trusted(state: &mut State) -> Vec<Effect> {
    let Some(tested) = open_test(state).map(|test| test.tested()) else { return Vec::new() };
    state.overlays.retain(|overlay| !matches!(overlay, Overlay::ConnectionTest(_)));
    test(state, tested)
}

/// A project was tried. Where it may be one of several, they are listed over its form.
pub(in crate::tui) fn tried(state: &mut State, generation: Generation, result: Result<Box<Tried>, Box<Problem>>) {
    let Some(choice) = open_test(state).and_then(|test| test.tried(generation, result)) else { return };
    state.overlays.retain(|overlay| !matches!(overlay, Overlay::ConnectionTest(_)));
    let picker = Picker::of(Listing::ProjectPaths, generation, choice.choose);
    state.overlays.push(Overlay::Picker(Box::new(picker)));
}

fn open_picker(state: &mut State) -> Option<&mut Picker> {
    state.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Picker(picker) => Some(&mut **picker),
        _ => None,
    })
}

pub(in crate::tui) fn listed(state: &mut State, generation: Generation, found: Vec<ListedThing>) {
    if let Some(picker) = open_picker(state) {
        picker.grew(generation, found);
    }
}

pub(in crate::tui) fn listing_ended(state: &mut State, generation: Generation, result: Result<bool, Box<Problem>>) {
    if let Some(picker) = open_picker(state) {
        picker.ended(generation, result);
    }
}

/// What the form said is written.
pub(in crate::tui) fn saved(state: &mut State) {
    state.overlays.retain(|overlay| !matches!(overlay, Overlay::SetUp(_)));
}

/// Asks before something is taken out of `ebb.toml`, and says who uses it.
pub(in crate::tui) fn ask_removal(state: &mut State, removal: Removal, preview: RemovalPreview) {
    let (title, mut lines) = match &removal {
        Removal::Connection(name) if preview.users.is_empty() => {
            (format!("Remove the connection {name}?"), vec!["No project uses it.".to_owned()])
        }
        Removal::Connection(name) => {
            let users = preview.users.join(", ");
            let words = format!("Used by {users}: read without a credential from then on.");
            (format!("Remove the connection {name}?"), vec![words])
        }
        Removal::Project(name) => {
            let words = "Its history stays; it is not synced any more.".to_owned();
            (format!("Remove the project {name}?"), vec![words])
        }
    };
    lines.extend(preview.secrets);
    lines.push(String::new());
    lines.extend(preview.diff);
    let effects = vec![Effect::Remove(removal)];
    let question = Confirm { title, lines, verb: "Remove".to_owned(), effects, chosen: false };
    state.overlays.push(Overlay::Confirm(question));
}
