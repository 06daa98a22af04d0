//! The models as a pane: what keys, commands and clicks do to them, and how they are drawn. The state
//! itself is in `super`.

use std::ops::Range;
use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::filtered_list::refresh;
use super::super::parts::{Typed, draw_words, instead_of_rows};
use super::super::{Copy, Pane, PaneContext, Subject};
use super::detail::{self, Code, MacroPart, Page};
use super::rows::ModelRows;
use super::{EMPTY, Models, View, is_unlisted, model_id, rows};
use crate::tui::commands::Command;
use crate::tui::effect::{Effect, Query};
use crate::tui::key::Key;
use crate::tui::layout::{Focus, inside, split_first_row};
use crate::tui::state::PaneMemory;
use crate::tui::theme::Look;
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::{self, Motion};

impl Pane for Models {
    fn refresh(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        vec![Effect::Load { query: Query::Models, generation: self.all.ask(context.now.wall) }]
    }

    fn settle(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        let asked = self.apply_filter(context);
        if let Some(id) = &self.list.wanted {
            self.tree.reveal(id);
        }
        self.list.state.set_height(context.areas.list_height());
        let flat = (!self.list.line.text().is_empty()).then(|| self.list.filter.hits());
        let rows = ModelRows::new(&self.tree, &self.ids, &self.by_id, flat);
        refresh(&mut self.list.state, &mut self.list.wanted, &rows);
        let mut effects = self.follow(context);
        effects.extend(asked);
        self.make_detail(context);
        effects
    }

    fn step(&mut self, motion: Motion, context: &PaneContext<'_>) -> Vec<Effect> {
        if context.focus == Focus::Detail && !self.list.line.typing() {
            if self.links.is_empty() {
                self.detail.step(motion);
            } else {
                self.links.step(motion, &mut self.detail);
            }
            return Vec::new();
        }
        let flat = (!self.list.line.text().is_empty()).then(|| self.list.filter.hits());
        let rows = ModelRows::new(&self.tree, &self.ids, &self.by_id, flat);
        self.list.state.go(motion, &rows);
        self.moves(context);
        Vec::new()
    }

    fn run(&mut self, command: Command, context: &PaneContext<'_>) -> Option<Vec<Effect>> {
        match command {
            Command::NextView => return Some(self.turn(1)),
            Command::PreviousView => return Some(self.turn(-1)),
            Command::ToggleCompiled => return Some(self.turn_code()),
            Command::Preview => return self.preview(context),
            Command::Cancel => return self.stop_preview(),
            Command::ScrollLeft
            | Command::ScrollRight
            | Command::Wrap
            | Command::NextMatch
            | Command::PreviousMatch => {
                return self.detail.run(command).then(Vec::new);
            }
            _ => {}
        }
        if context.focus == Focus::List {
            return self.run_in_list(command);
        }
        match command {
            Command::Right => Some(self.turn(1)),
            Command::Left => Some(self.turn(-1)),
            _ => self.detail.run(command).then(Vec::new),
        }
    }

    fn can(&self, command: Command, context: &PaneContext<'_>) -> Option<Result<(), String>> {
        let when = |holds: bool, reason: &str| Some(if holds { Ok(()) } else { Err(reason.to_owned()) });
        match command {
            Command::Filter => Some(Ok(())),
            Command::ToggleCompiled if matches!(self.whole_page(), Some(Page::Macro(_))) => {
                when(false, "a macro has no compiled SQL: it is compiled where it is used")
            }
            Command::NextView | Command::PreviousView | Command::ToggleCompiled => {
                when(!self.on_folder(), "a folder has no views: it has no SQL of its own")
            }
            Command::Preview => {
                when(self.summary().is_some_and(|model| model.kind.is_listed()), "no model is selected")
            }
            Command::Cancel if self.previews.is_loading() => Some(Ok(())),
            Command::Fold | Command::FoldAll | Command::UnfoldAll => when(
                !self.list.is_filtered(),
                &context.keymap.fill("a filtered list has no folders; {back} takes the filter away"),
            ),
            Command::CopySql | Command::CopyRow | Command::CopyPath | Command::CopyLink => {
                when(self.summary().is_some(), "no model is selected")
            }
            Command::CopyJson => when(self.whole().is_some(), "no model is selected, or it is not loaded yet"),
            Command::Wrap
            | Command::ScrollLeft
            | Command::ScrollRight
            | Command::NextMatch
            | Command::PreviousMatch => self.detail.can(command),
            _ if context.focus == Focus::Detail => self.detail.can(command),
            _ => None,
        }
    }

    fn click(&mut self, row: usize, context: &PaneContext<'_>) -> bool {
        let Some(index) = self.list.state.index_at(row) else { return false };
        let again = self.list.state.index() == Some(index);
        let flat = (!self.list.line.text().is_empty()).then(|| self.list.filter.hits());
        self.list.state.go(Motion::To(index), &ModelRows::new(&self.tree, &self.ids, &self.by_id, flat));
        self.moves(context);
        again
    }

    fn rows_in_sight(&self, _context: &PaneContext<'_>) -> Range<usize> {
        0..self.list.state.in_sight()
    }

    fn views(&self, context: &PaneContext<'_>) -> Vec<Rect> {
        if self.on_folder() {
            return Vec::new();
        }
        let (line, _) = split_first_row(inside(context.areas.detail));
        detail::view_places(self.page.value(), self.chosen, line)
    }

    fn show_view(&mut self, view: usize) {
        if let Some(Page::Macro(_)) = self.whole_page() {
            self.chosen.part = MacroPart::ALL.get(view).copied().unwrap_or_default();
        } else {
            self.chosen.view = View::at(view);
        }
    }

    fn typing(&self) -> bool {
        self.list.line.typing() || self.detail.typing()
    }

    fn type_key(&mut self, key: Key, context: &PaneContext<'_>) -> Vec<Effect> {
        if self.detail.typing() {
            self.detail.key(key);
            return Vec::new();
        }
        let candidates = rows::Summaries(self.all.value().map(AsRef::as_ref).unwrap_or_default());
        if self.list.key(key, &candidates) == Typed::Changed {
            // The best hit is what is meant.
            self.list.state = list::ListState::default();
            self.moves(context);
        }
        Vec::new()
    }

    fn paste(&mut self, text: &str, _context: &PaneContext<'_>) -> Vec<Effect> {
        if self.detail.typing() {
            self.detail.paste(text);
        } else {
            self.list.line.paste(text);
        }
        Vec::new()
    }

    fn subject(&self, context: &PaneContext<'_>) -> Subject {
        let summary = self.summary();
        let project = summary.map(|summary| summary.project.to_string()).or_else(|| {
            let node = self.tree.node(self.tree_row()?)?;
            node.id.split('/').next().map(str::to_owned)
        });
        let folder = context.overview.value().and_then(|overview| {
            overview.projects.iter().find(|view| view.folder && Some(&view.name) == project.as_ref())
        });
        let file = summary.map(|summary| match folder {
            Some(view) => Ok((PathBuf::from(&view.repository).join(&*summary.path), 0)),
            None => Err("the model comes from a Git repository, not from a file of this machine".to_owned()),
        });
        let problem = self.whole().and_then(|model| model.problems.first()).map(|record| record.id);
        Subject { project, problem, file }
    }

    fn copy(&self, what: Copy, _context: &PaneContext<'_>) -> Option<String> {
        let Some(summary) = self.summary() else {
            let node = self.tree.node(self.tree_row()?)?;
            return (what == Copy::Id).then(|| node.id.trim_end_matches('/').to_owned());
        };
        match what {
            Copy::Id => Some(summary.unique_id.to_string()),
            Copy::Path => Some(summary.path.to_string()),
            Copy::Link => Some(format!("ebb show {} --project {}", summary.name, summary.project)),
            Copy::Row => {
                let cells = [&summary.project, &summary.unique_id, &summary.materialized, &summary.path];
                Some(cells.map(|cell| cell.replace('\t', " ")).join("\t"))
            }
            Copy::Sql => self.whole().and_then(|model| model.record.compiled_code.clone()),
            Copy::Json => serde_json::to_string_pretty(&*self.whole()?.record).ok(),
            Copy::Report => None,
        }
    }

    fn crumbs(&self, context: &PaneContext<'_>) -> Vec<String> {
        let Some(model) = self.summary() else {
            if let (Some(_), Some(page)) = (&self.opened, self.whole_page()) {
                return vec![page.name().to_owned()];
            }
            let folder = self.list.selected().map(|id| id.trim_end_matches('/').split('/').map(str::to_owned));
            return folder.into_iter().flatten().collect();
        };
        let mut crumbs = vec![model.project.to_string()];
        crumbs.extend(model.folder.split('/').filter(|name| !name.is_empty()).map(str::to_owned));
        crumbs.push(model.name.to_string());
        crumbs.extend((context.focus == Focus::Detail).then(|| self.chosen.view.title().to_owned()));
        crumbs
    }

    fn selected(&self) -> Option<String> {
        self.subject_id().map(ToString::to_string)
    }

    fn leads_to(&self, context: &PaneContext<'_>) -> Option<String> {
        let link = self.links.chosen().filter(|_| context.focus == Focus::Detail)?;
        let (project, _) = self.subject_id()?.split_once('#')?;
        Some(model_id(project, &link.unique_id))
    }

    fn select(&mut self, id: &str) {
        (self.due, self.opened) = (None, None);
        if is_unlisted(id) {
            self.opened = Some(id.into());
        } else if self.list.selected().is_none_or(|selected| **selected != *id) {
            self.list.clear_filter();
            self.list.wanted = Some(id.into());
        }
    }

    fn means(&self, command: Command, context: &PaneContext<'_>) -> Command {
        // From where a link led one step back leads to where the link was.
        let is_link = context.focus == Focus::Detail && self.opened.is_some() && !self.detail.is_searched();
        if command == Command::Back && is_link { Command::GoBack } else { command }
    }

    fn deadline(&self) -> Option<u64> {
        self.due
    }

    fn memory(&self) -> PaneMemory {
        PaneMemory {
            selected: self.list.selected().map(ToString::to_string),
            filter: self.list.line.text().to_owned(),
            folded: self.tree.closed().iter().map(ToString::to_string).collect(),
            view: Some(self.chosen.view.title().to_owned()),
            switches: self.chosen.code.switch().map(str::to_owned).into_iter().collect(),
        }
    }

    fn remember(&mut self, memory: &PaneMemory) {
        self.list.line.set(&memory.filter);
        self.list.wanted = memory.selected.as_deref().map(Into::into);
        self.tree.set_closed(memory.folded.iter().map(|id| id.as_str().into()));
        self.folds_known = true;
        self.chosen.view = memory.view.as_deref().and_then(View::by_title).unwrap_or_default();
        self.chosen.code = memory.switches.iter().find_map(|switch| Code::by_switch(switch)).unwrap_or_default();
    }

    fn draw(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) -> Option<Position> {
        let focused = context.focus == Focus::List;
        let shown = context.areas.list_height();
        let frame = Frame::new("Models")
            .number(2)
            .focused(focused)
            .right(self.list.title(look))
            .position(self.position())
            .scroll(self.list.state.scroll(shown));
        let area = frame.draw(look, context.areas.list, buffer);
        let empty = self.summaries().is_empty();
        match instead_of_rows(self.all.shown(), context.now.wall, &EMPTY, empty, context.keymap) {
            Some(words) => draw_words(&words, look, area, buffer),
            None => self.draw_rows(look, context, area, buffer),
        }
        self.draw_detail(look, context, buffer);
        self.list.draw_choices(look, context.areas.list, buffer);
        self.list.line.cursor(context.areas.list).or_else(|| self.detail.cursor(context.areas.detail))
    }
}
