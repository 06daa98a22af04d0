//! What each command does.

use crate::tui::commands::{self, Command};
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::layout::{Arrangement, Focus};
use crate::tui::overlays::{self, Overlay, QuitQuestion};
use crate::tui::panes::Copy;
use crate::tui::state::{State, Tab, Tone};

use super::{copy, data, keys, travel};

/// Carries a command out, or says why it can't be used now.
pub(crate) fn run(state: &mut State, command: Command, count: Option<u32>) -> Vec<Effect> {
    let command = {
        let (pane, context) = state.pane();
        pane.means(command, &context)
    };
    if let Err(reason) = commands::enabled(command, state) {
        state.say(Tone::Note, format!("{}: {reason}", command.info().title));
        return Vec::new();
    }
    if let Some((motion, times)) = keys::motion_of(command, count) {
        let (pane, context) = state.pane_mut();
        return (0..times.min(keys::MOST_STEPS)).flat_map(|_| pane.step(motion, &context)).collect();
    }
    let (pane, context) = state.pane_mut();
    if let Some(effects) = pane.run(command, &context) {
        return effects;
    }
    general(state, command)
}

/// Commands that mean the same in every pane. Those that only a pane knows end here with nothing to
/// do: the pane was asked before.
fn general(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::Open => open_link(state),
        Command::Right => into_detail(state),
        Command::Left | Command::Back => back(state),
        Command::NextTab => travel::to_tab(state, state.tab.beside(1)),
        Command::PreviousTab => travel::to_tab(state, state.tab.beside(-1)),
        Command::ShowConnections => travel::to_tab(state, Tab::Connections),
        Command::ShowModels => travel::to_tab(state, Tab::Models),
        Command::ShowHistory => travel::to_tab(state, Tab::History),
        Command::ShowTroubleshooting => travel::to_tab(state, Tab::Troubleshooting),
        Command::GoBack => travel::back(state),
        Command::GoForward => travel::forward(state),
        Command::Zoom => {
            state.zoomed = !state.zoomed;
            Vec::new()
        }
        Command::Widen => move_border(state, 1),
        Command::Narrow => move_border(state, -1),
        Command::Sync => sync_selected(state),
        Command::SyncAll => sync_all(state),
        Command::Cancel => cancel_selected(state),
        Command::Refresh => {
            state.say(Tone::Note, "reading everything again");
            data::refresh_all(state)
        }
        Command::Edit => edit(state),
        Command::ShowProblem => travel::to_problem(state),
        Command::AddProject => {
            let form = Overlay::add_project(state);
            open(state, form)
        }
        Command::ChangeCredential => change_credential(state),
        Command::Remove => remove(state),
        Command::TestConnection => {
            let (_, context) = state.pane();
            match state.connections.connection(&context) {
                Some(connection) => overlays::test(state, overlays::Tested::Connection(connection)),
                None => Vec::new(),
            }
        }
        Command::ShowWork => open(state, Overlay::work()),
        Command::ShowLog => match state.history.subject_of_log() {
            Some((project, sync)) => overlays::show_log(state, project, sync),
            None => Vec::new(),
        },
        Command::CopyId => copy::selected(state, Copy::Id),
        Command::CopySql => copy::selected(state, Copy::Sql),
        Command::CopyJson => copy::selected(state, Copy::Json),
        Command::CopyRow => copy::selected(state, Copy::Row),
        Command::CopyPath => copy::selected(state, Copy::Path),
        Command::CopyLink => copy::selected(state, Copy::Link),
        Command::CopyReport => copy::selected(state, Copy::Report),
        Command::ChooseFix => {
            let fixes = state.troubleshooting.offers();
            open(state, Overlay::Fixes(fixes))
        }
        Command::Jump => open(state, Overlay::jump()),
        Command::DismissTip => {
            state.tips.dismiss();
            Vec::new()
        }
        Command::Palette => {
            let palette = Overlay::palette(state);
            open(state, palette)
        }
        Command::Keys => {
            let keys = Overlay::keys(state);
            open(state, keys)
        }
        Command::Mouse => {
            state.mouse = !state.mouse;
            state.say(Tone::Note, if state.mouse { "mouse on" } else { "mouse off: the terminal selects text" });
            vec![Effect::SetMouse(state.mouse)]
        }
        Command::Suspend => vec![Effect::Suspend],
        Command::Quit => quit(state),
        Command::ForceQuit => leave(state),
        Command::Down
        | Command::Up
        | Command::PageDown
        | Command::PageUp
        | Command::HalfPageDown
        | Command::HalfPageUp
        | Command::Top
        | Command::Bottom
        | Command::ScrollLeft
        | Command::ScrollRight
        | Command::NextMatch
        | Command::PreviousMatch
        | Command::NextView
        | Command::PreviousView
        | Command::Fold
        | Command::FoldAll
        | Command::UnfoldAll
        | Command::ToggleCompiled
        | Command::Preview
        | Command::Wrap
        | Command::Filter
        | Command::ApplyFix => Vec::new(),
    }
}

fn change_credential(state: &mut State) -> Vec<Effect> {
    let (_, context) = state.pane();
    let Some(connection) = state.connections.connection(&context) else { return Vec::new() };
    let form = Overlay::change_credential(&connection, state);
    open(state, form)
}

/// What the removal would change is looked up before it is asked about.
fn remove(state: &mut State) -> Vec<Effect> {
    let (_, context) = state.pane();
    let Some(removal) = state.connections.removal(&context) else { return Vec::new() };
    vec![Effect::Load { query: Query::Removal(removal), generation: Generation::default() }]
}

fn open(state: &mut State, overlay: Overlay) -> Vec<Effect> {
    state.overlays.push(overlay);
    Vec::new()
}

fn move_border(state: &mut State, steps: i16) -> Vec<Effect> {
    state.split = state.split.moved(steps);
    Vec::new()
}

/// Where the chosen link of the detail leads; from the list into the detail.
fn open_link(state: &mut State) -> Vec<Effect> {
    let (pane, context) = state.pane();
    match pane.leads_to(&context) {
        Some(id) => travel::along(state, &id),
        None => into_detail(state),
    }
}

fn into_detail(state: &mut State) -> Vec<Effect> {
    state.focus = Focus::Detail;
    Vec::new()
}

/// One step back, and never out of the program.
fn back(state: &mut State) -> Vec<Effect> {
    if state.focus == Focus::Detail {
        state.focus = Focus::List;
    } else if state.zoomed && state.areas().arrangement == Arrangement::Single {
        state.zoomed = false;
    } else {
        state.toast = None;
    }
    Vec::new()
}

fn selected_project(state: &State) -> Option<String> {
    let (pane, context) = state.pane();
    pane.subject(&context).project
}

fn sync_selected(state: &mut State) -> Vec<Effect> {
    let Some(project) = selected_project(state) else { return Vec::new() };
    if state.work.of_project(&project).is_some() {
        let keys = state.keymap.shown(Command::ShowWork);
        state.say(Tone::Note, format!("{project} is already syncing; {keys} shows it"));
        return Vec::new();
    }
    vec![Effect::SyncProject { project }]
}

fn sync_all(state: &mut State) -> Vec<Effect> {
    let projects = state.overview.value().map(|overview| overview.projects.as_slice()).unwrap_or_default();
    let idle = projects.iter().filter(|project| state.work.of_project(&project.name).is_none());
    idle.map(|project| Effect::SyncProject { project: project.name.clone() }).collect()
}

/// The selected project's sync, else the only one there is, else a list to choose from.
fn cancel_selected(state: &mut State) -> Vec<Effect> {
    let selected = selected_project(state).filter(|project| state.work.of_project(project).is_some());
    let only = match state.work.running.as_slice() {
        [running] => Some(running.project.clone()),
        _ => None,
    };
    match selected.or(only) {
        Some(project) => cancel(state, &project),
        None => open(state, Overlay::work()),
    }
}

/// Asks the end of a project's sync, and shows at once that it was asked.
pub(crate) fn cancel(state: &mut State, project: &str) -> Vec<Effect> {
    let Some(running) = state.work.of_project(project) else { return Vec::new() };
    if running.job.is_none() {
        state.say(Tone::Note, format!("{project} is synced by another ebb, which alone can cancel it"));
        return Vec::new();
    }
    state.work.note_cancelling(project);
    vec![Effect::CancelSync { project: project.to_owned() }]
}

fn edit(state: &mut State) -> Vec<Effect> {
    let (pane, context) = state.pane();
    match pane.subject(&context).file {
        Some(Ok((file, line))) => vec![Effect::OpenEditor { file, line }],
        Some(Err(_)) | None => Vec::new(),
    }
}

/// Asks only while a sync of this process is running: it would be cancelled.
fn has_own_work(state: &State) -> bool {
    state.work.running.iter().any(|running| running.job.is_some())
}

/// Whoever wanted to leave, and was asked because of a sync, leaves once it has ended.
pub(super) fn leave_when_done(state: &mut State) -> Vec<Effect> {
    let is_asked = state.overlays.iter().any(|overlay| matches!(overlay, Overlay::Quit(_)));
    if is_asked && !state.quitting && !has_own_work(state) { leave(state) } else { Vec::new() }
}

fn quit(state: &mut State) -> Vec<Effect> {
    if has_own_work(state) {
        return open(state, Overlay::Quit(QuitQuestion::default()));
    }
    leave(state)
}

pub(crate) fn leave(state: &mut State) -> Vec<Effect> {
    state.quitting = true;
    vec![Effect::Quit]
}
