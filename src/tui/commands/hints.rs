//! The footer: what is most likely wanted here and now, most wanted first. It never wraps: what does
//! not fit stays reachable through `?`.

use super::Command;
use crate::tui::layout::Focus;
use crate::tui::state::{State, Tab};

/// How many hints at the end lead to everything else and stay when others give way.
pub const ALWAYS: usize = 3;

/// Commands for the footer. Only those that can be used now, but for the last three, which always can.
pub fn hints(state: &State) -> Vec<Command> {
    let here: &[Command] = match (state.tab, state.focus) {
        (Tab::Connections, Focus::List) => &[
            Command::Open,
            Command::Sync,
            Command::SyncAll,
            Command::AddProject,
            Command::TestConnection,
            Command::ChangeCredential,
            Command::Edit,
        ],
        (Tab::Connections, Focus::Detail) => &[Command::Back, Command::Sync, Command::Edit],
        (Tab::Models, Focus::List) => {
            &[Command::Open, Command::Filter, Command::Sync, Command::Preview, Command::NextView, Command::CopyId]
        }
        (Tab::Models, Focus::Detail) => &[
            Command::Back,
            Command::Right,
            Command::Filter,
            Command::ToggleCompiled,
            Command::Wrap,
            Command::CopySql,
            Command::Edit,
        ],
        (Tab::History, Focus::List) => &[Command::Open, Command::Filter, Command::Sync, Command::ShowProblem],
        (Tab::History, Focus::Detail) => &[Command::Back, Command::ShowProblem, Command::ShowLog, Command::CopyJson],
        (Tab::Troubleshooting, Focus::List) => {
            &[Command::ApplyFix, Command::Open, Command::Filter, Command::Edit, Command::Sync]
        }
        (Tab::Troubleshooting, Focus::Detail) => {
            &[Command::ApplyFix, Command::ChooseFix, Command::Back, Command::Edit, Command::CopyJson]
        }
    };
    let cancel = (!state.work.is_idle()).then_some(Command::Cancel);
    let mut hints: Vec<Command> = cancel
        .into_iter()
        .chain(here.iter().copied())
        .filter(|command| super::enabled(*command, state).is_ok())
        .collect();
    hints.extend([Command::Palette, Command::Keys, Command::Quit]);
    hints
}
