//! Whether a command can be used now, else why not: greyed rows, and the toast when it is pressed.

use super::Command;
use crate::tui::state::State;

/// Ok when the command can be used now, else the reason in a few words.
///
/// # Errors
/// The reason, without a full stop: "no project is selected".
pub fn enabled(command: Command, state: &State) -> Result<(), String> {
    let (pane, context) = state.pane();
    if let Some(answer) = pane.can(command, &context) {
        return answer;
    }
    let when = |holds: bool, reason: &str| if holds { Ok(()) } else { Err(reason.to_owned()) };
    match command {
        Command::Sync => when(pane.subject(&context).project.is_some(), "no project is selected"),
        Command::SyncAll => {
            let some = state.overview.value().is_some_and(|overview| !overview.projects.is_empty());
            when(some, "there is no project yet")
        }
        Command::Cancel => when(!state.work.is_idle(), "nothing is running"),
        Command::Edit => match pane.subject(&context).file {
            Some(Ok(_)) => Ok(()),
            Some(Err(reason)) => Err(reason),
            None => Err("nothing with a file is selected".to_owned()),
        },
        Command::GoBack => when(state.trail.can_go_back(), "there is nowhere to go back to"),
        Command::GoForward => when(state.trail.can_go_forward(), "there is nowhere to go forward to"),
        Command::DismissTip => when(state.tip().is_some(), "there is no tip"),
        Command::NextMatch | Command::PreviousMatch => {
            Err(state.keymap.fill("nothing is searched for; {filter} in a text searches"))
        }
        Command::ScrollLeft | Command::ScrollRight | Command::NextView | Command::PreviousView | Command::Wrap => {
            Err("there is nothing of that kind here".to_owned())
        }
        Command::Filter => Err("there is nothing to filter here".to_owned()),
        Command::Preview => Err("no model is selected".to_owned()),
        Command::TestConnection | Command::ChangeCredential => Err("no Git connection is selected".to_owned()),
        Command::Remove => Err("neither a Git connection nor a project of ebb.toml is selected".to_owned()),
        Command::ApplyFix | Command::ChooseFix => Err("no problem with a fix is selected".to_owned()),
        Command::Down
        | Command::Up
        | Command::PageDown
        | Command::PageUp
        | Command::HalfPageDown
        | Command::HalfPageUp
        | Command::Top
        | Command::Bottom
        | Command::Jump
        | Command::Left
        | Command::Right
        | Command::Open
        | Command::Back
        | Command::NextTab
        | Command::PreviousTab
        | Command::ShowConnections
        | Command::ShowModels
        | Command::ShowHistory
        | Command::ShowTroubleshooting
        | Command::Zoom
        | Command::Widen
        | Command::Narrow
        | Command::Fold
        | Command::FoldAll
        | Command::UnfoldAll
        | Command::ToggleCompiled
        | Command::Refresh
        | Command::ShowProblem
        | Command::AddProject
        | Command::ShowWork
        | Command::ShowLog
        | Command::CopyId
        | Command::CopySql
        | Command::CopyJson
        | Command::CopyRow
        | Command::CopyPath
        | Command::CopyLink
        | Command::CopyReport
        | Command::Palette
        | Command::Keys
        | Command::Mouse
        | Command::Suspend
        | Command::Quit
        | Command::ForceQuit => Ok(()),
    }
}
