//! What lies over the panes: the one on top has the keys, Esc closes it, and it never blocks what is
//! below from going on.

mod choices;
mod confirm;
mod connecting;
mod connection_test;
mod fixes;
mod jump;
mod picker;
mod save_copy;
mod set_up;
mod sync_log;
mod work;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::commands::Lookup;
use super::effect::{CopiedText, Effect, Generation};
use super::key::{Key, KeyCode};
use super::message::{Mouse, MouseAction};
use super::state::State;
use super::theme::Look;
use super::widgets::list::Motion;
use crate::engine::{Event, Listing, NewProject};
use crate::problem::Problem;
use crate::store::SyncId;

pub use choices::{Choice, Choices};
pub use confirm::{Confirm, QuitQuestion};
pub(super) use connecting::{ask_removal, listed, listing_ended, probed, saved, test, tested, tried, trusted};
pub use connection_test::{ConnectionTest, Tested};
pub use fixes::{Fixes, Offer};
pub use jump::Jump;
#[cfg(test)]
pub(super) use jump::labelled;
pub use picker::Picker;
pub use save_copy::SaveCopy;
pub use set_up::SetUp;
pub use sync_log::SyncLog;
pub use work::WorkList;

/// An overlay with its state.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// Every command with its keys; Enter runs the row.
    Keys(Choices),
    /// Commands, projects and models by name.
    Palette(Choices),
    /// What an effect would do, before it is done.
    Confirm(Confirm),
    Quit(QuitQuestion),
    Work(WorkList),
    /// What was told of a sync.
    SyncLog(Box<SyncLog>),
    /// The steps of a test, as they are told.
    ConnectionTest(Box<ConnectionTest>),
    /// The fixes of the selected problem, by number.
    Fixes(Fixes),
    /// A repository that is being connected, or a credential that is changed.
    SetUp(Box<SetUp>),
    /// What may be chosen for a field of the form below.
    Picker(Box<Picker>),
    /// Letters on everything that can be clicked.
    Jump(Jump),
    /// Where to write what no clipboard takes.
    SaveCopy(Box<SaveCopy>),
}

/// What a key did to an overlay.
pub(super) enum Answer {
    /// It stays, with nothing more to do.
    Stays,
    /// It stays, and this is to be done over it.
    Opens(After),
    /// It goes, and this is to be done in its place.
    Closes(After),
}

/// What is to be done when an overlay has gone.
pub(super) enum After {
    Nothing,
    Choose(Choice),
    Do(Vec<Effect>),
    Leave,
    ShowLog(String, SyncId),
    ShowSync(SyncId),
    CancelProject(String),
    /// Ask this first.
    Ask(Confirm),
    /// Test this, once more.
    Test(Tested),
    /// Write what was tested.
    Save(Tested),
    /// List what may be chosen for this project.
    List(Listing, Box<NewProject>),
    /// This was chosen.
    Pick(Listing, String),
    /// The fix with this index of the selected problem.
    ApplyFix(usize),
    /// As if the mouse had been pressed here.
    Click(Position),
}

impl Overlay {
    pub fn keys(state: &State) -> Self {
        Self::Keys(choices::keys(state))
    }

    pub fn palette(state: &State) -> Self {
        Self::Palette(choices::palette(state))
    }

    pub fn work() -> Self {
        Self::Work(WorkList::default())
    }

    pub fn add_project(state: &State) -> Self {
        Self::SetUp(Box::new(SetUp::project(state.overview.value())))
    }

    pub fn change_credential(connection: &str, state: &State) -> Self {
        Self::SetUp(Box::new(SetUp::credential(connection, state.overview.value())))
    }

    pub fn jump() -> Self {
        Self::Jump(Jump::default())
    }

    pub fn save_copy(copy: CopiedText, reason: String) -> Self {
        Self::SaveCopy(Box::new(SaveCopy::new(copy, reason)))
    }
}

/// A key for the overlay on top.
pub(super) fn pressed(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(mut overlay) = state.overlays.pop() else { return Vec::new() };
    let answer = if key == Key::plain(KeyCode::Esc) {
        Answer::Closes(match overlay {
            Overlay::ConnectionTest(_) => After::Do(vec![Effect::StopTest]),
            Overlay::Picker(_) => After::Do(vec![Effect::StopListing]),
            _ => After::Nothing,
        })
    } else {
        match &mut overlay {
            Overlay::Keys(choices) | Overlay::Palette(choices) => choices.pressed(key, height(state)),
            Overlay::Confirm(confirm) => confirm.pressed(key),
            Overlay::Quit(question) => question.pressed(key),
            Overlay::Work(list) => list.pressed(key, state),
            Overlay::SyncLog(log) => log.pressed(key, state),
            Overlay::ConnectionTest(test) => test.pressed(key, state),
            Overlay::Fixes(fixes) => fixes.pressed(key, state),
            Overlay::SetUp(form) => form.pressed(key),
            Overlay::Picker(picker) => picker.pressed(key, state),
            Overlay::Jump(jump) => jump.pressed(key, state),
            Overlay::SaveCopy(form) => form.pressed(key),
        }
    };
    match answer {
        Answer::Stays => {
            state.overlays.push(overlay);
            Vec::new()
        }
        Answer::Opens(after) => {
            state.overlays.push(overlay);
            carry_out(state, after)
        }
        Answer::Closes(after) => carry_out(state, after),
    }
}

fn carry_out(state: &mut State, after: After) -> Vec<Effect> {
    use super::update::{cancel, click, leave, run, travel_to};
    match after {
        After::Nothing | After::Save(Tested::Connection(_)) => Vec::new(),
        After::Choose(choice) => match choice {
            Choice::Command(command) => run(state, command),
            Choice::Thing { tab, id } => travel_to(state, tab, &id),
        },
        After::Do(effects) => effects,
        After::Leave => leave(state),
        After::ApplyFix(index) => {
            state.troubleshooting.mark(index);
            run(state, super::commands::Command::ApplyFix)
        }
        After::Click(place) => click(state, place),
        After::Ask(question) => {
            state.overlays.push(Overlay::Confirm(question));
            Vec::new()
        }
        After::Test(tested) => test(state, tested),
        // The form stays until what it says is written.
        After::Save(Tested::Project(new)) => vec![Effect::AddProject(*new)],
        After::Save(Tested::Credential(new)) => vec![Effect::ChangeCredential(new)],
        After::List(listing, new) => connecting::list(state, listing, new),
        After::Pick(listing, value) => {
            if let Some(Overlay::SetUp(form)) = state.overlays.last_mut() {
                form.picked(listing, &value);
            }
            vec![Effect::StopListing]
        }
        After::ShowLog(project, sync) => show_log(state, project, sync),
        After::ShowSync(sync) => travel_to(state, super::state::Tab::History, &sync.0.to_string()),
        After::CancelProject(project) => {
            let effects = cancel(state, &project);
            state.overlays.push(Overlay::work());
            effects
        }
    }
}

/// Opens the log of a sync.
pub(super) fn show_log(state: &mut State, project: String, sync: SyncId) -> Vec<Effect> {
    let mut log = SyncLog::new(project, sync);
    let ask = log.ask(state.now.wall);
    state.overlays.push(Overlay::SyncLog(Box::new(log)));
    vec![ask]
}

fn open_log(state: &mut State) -> Option<&mut SyncLog> {
    state.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::SyncLog(log) => Some(&mut **log),
        _ => None,
    })
}

/// Something was told, perhaps of the sync whose log is open.
pub(super) fn log_grew(state: &mut State) -> Option<Effect> {
    let now = state.now.wall;
    open_log(state).map(|log| log.ask(now))
}

pub(super) fn log_loaded(state: &mut State, generation: Generation, events: Vec<Event>) {
    let now = state.now.wall;
    if let Some(log) = open_log(state) {
        log.loaded(generation, events, now);
    }
}

pub(super) fn log_failed(state: &mut State, generation: Generation, problem: Box<Problem>) {
    if let Some(log) = open_log(state) {
        log.failed(generation, problem);
    }
}

/// Whether text of several lines may be pasted into the overlay on top.
pub(super) fn takes_lines(state: &State) -> bool {
    matches!(state.overlays.last(), Some(Overlay::SetUp(form)) if form.takes_lines())
}

/// Pasted text, of one line where [`takes_lines`] says no.
pub(super) fn pasted(state: &mut State, line: &str) -> Vec<Effect> {
    let height = height(state);
    match state.overlays.last_mut() {
        Some(Overlay::Keys(choices) | Overlay::Palette(choices)) => choices.pasted(line, height),
        Some(Overlay::SetUp(form)) => form.pasted(line),
        Some(Overlay::Picker(picker)) => picker.pasted(line),
        Some(Overlay::SaveCopy(form)) => form.pasted(line),
        Some(
            Overlay::Confirm(_)
            | Overlay::Quit(_)
            | Overlay::Work(_)
            | Overlay::SyncLog(_)
            | Overlay::ConnectionTest(_)
            | Overlay::Fixes(_)
            | Overlay::Jump(_),
        )
        | None => {}
    }
    Vec::new()
}

/// The wheel moves through a list; a click beside the overlay closes it.
pub(super) fn mouse(state: &mut State, mouse: Mouse) -> Vec<Effect> {
    match mouse.action {
        MouseAction::ScrolledDown => pressed(state, Key::plain(KeyCode::Down)),
        MouseAction::ScrolledUp => pressed(state, Key::plain(KeyCode::Up)),
        MouseAction::Pressed => {
            let place = Position::new(mouse.column, mouse.row);
            let area = state.overlays.last().map(|overlay| area(overlay, state));
            if area.is_some_and(|area| !area.contains(place)) {
                return pressed(state, Key::plain(KeyCode::Esc));
            }
            Vec::new()
        }
    }
}

/// Moving keys of the person's own keymap, for overlays in which nothing is typed.
pub(super) fn motion(key: Key, state: &State) -> Option<Motion> {
    match state.keymap.lookup(&[key], state.tab) {
        Lookup::Command(command) => super::update::motion(command),
        Lookup::Prefix(_) | Lookup::Nothing => None,
    }
}

/// Rows of a list of choices that are seen.
fn height(state: &State) -> usize {
    usize::from(choices::area(state).height.saturating_sub(4)).max(1)
}

/// Where an overlay stands.
pub fn area(overlay: &Overlay, state: &State) -> ratatui::layout::Rect {
    match overlay {
        Overlay::Keys(_) | Overlay::Palette(_) => choices::area(state),
        Overlay::Confirm(confirm) => confirm.area(state),
        Overlay::Quit(_) => QuitQuestion::area(state),
        Overlay::Work(_) => WorkList::area(state),
        Overlay::SyncLog(_) => SyncLog::area(state),
        Overlay::ConnectionTest(_) => ConnectionTest::area(state),
        Overlay::Fixes(fixes) => fixes.area(state),
        Overlay::SetUp(_) => SetUp::area(state),
        Overlay::Picker(_) => Picker::area(state),
        Overlay::SaveCopy(_) => SaveCopy::area(state),
        // It covers nothing: a click anywhere ends it.
        Overlay::Jump(_) => ratatui::layout::Rect::ZERO,
    }
}

/// Draws an overlay over what is below; gives the place of the cursor where text is typed.
pub fn draw(overlay: &Overlay, state: &State, look: Look<'_>, buffer: &mut Buffer) -> Option<Position> {
    if let Overlay::Jump(jump) = overlay {
        jump.draw(state, look, buffer);
        return None;
    }
    let area = area(overlay, state).intersection(buffer.area);
    if area.width < 4 || area.height < 3 {
        return None;
    }
    match overlay {
        Overlay::Jump(_) => None,
        Overlay::Keys(choices) => choices.draw("Keys", state, look, area, buffer),
        Overlay::Palette(choices) => choices.draw("Commands", state, look, area, buffer),
        Overlay::Confirm(confirm) => {
            confirm.draw(look, area, buffer);
            None
        }
        Overlay::Quit(question) => {
            question.draw(state, look, area, buffer);
            None
        }
        Overlay::Fixes(fixes) => {
            fixes.draw(look, area, buffer);
            None
        }
        Overlay::Work(list) => {
            list.draw(state, look, area, buffer);
            None
        }
        Overlay::SyncLog(log) => {
            log.draw(look, area, buffer);
            None
        }
        Overlay::ConnectionTest(test) => {
            test.draw(look, area, buffer);
            None
        }
        Overlay::SetUp(form) => form.draw(look, area, buffer),
        Overlay::Picker(picker) => picker.draw(look, area, buffer),
        Overlay::SaveCopy(form) => form.draw(state, look, area, buffer),
    }
}

/// Wipes what is below.
fn clear(area: ratatui::layout::Rect, look: Look<'_>, buffer: &mut Buffer) {
    use ratatui::widgets::Widget as _;
    ratatui::widgets::Clear.render(area, buffer);
    buffer.set_style(area, look.style(super::theme::Role::Text));
}
