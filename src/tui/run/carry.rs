//! Carries out effects. What takes time runs in a task of its own and answers with a message.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use ratatui::crossterm::event::EventStream;
use rustix::process::{Signal as Raw, kill_current_process_group};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use crate::engine::{Engine, PreviewRequest, Request};
use crate::problem::{Code, Problem, Subject};
use crate::store::{Cause, ProblemFilter, SyncFilter};
use crate::tui::clipboard;
use crate::tui::effect::{CopiedText, Effect, Generation, Query};
use crate::tui::message::Message;
use crate::workspace::Environment;

use super::signals::Signal;
use super::{Dirty, Exit, Runner, memory};

/// Most syncs that the History pane asks for.
const MOST_SYNCS: u32 = 1_000;
/// Rows of a preview.
const PREVIEW_ROWS: u32 = 100;
/// Most bytes that a preview may read where they are paid for.
const PREVIEW_BYTES: u64 = 1_000_000_000;
/// Most problems that the Troubleshooting pane asks for.
const MOST_PROBLEMS: u32 = 5_000;

impl Runner {
    pub(super) async fn carry(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Load { query: Query::Preview { project, unique_id }, generation } => {
                self.preview(project, unique_id, generation);
            }
            Effect::Load { query, generation } => self.load(query, generation),
            Effect::SyncProject { project } => {
                self.engine.submit(Request::SyncProject { project, cause: Cause::Manual });
            }
            Effect::CancelSync { project } => {
                let job = self.state.work.of_project(&project).and_then(|running| running.job);
                // It may just have ended by itself; then there is nothing to cancel, and its end is told.
                let _was_running = job.is_some_and(|job| self.engine.cancel(job));
            }
            Effect::ApplyFix { problem, fix } => {
                self.engine.submit(Request::ApplyFix { problem, fix });
            }
            Effect::CopyText(copy) => self.copy(copy).await?,
            Effect::WriteCopy(copy) => self.write_copy(copy),
            Effect::OpenEditor { file, line } => self.edit(file, line).await?,
            Effect::AddProject(new) => self.add_project(new),
            Effect::TestConnection { connection, generation } => self.test_connection(connection, generation),
            Effect::TryProject { new, generation } => self.try_project(*new, generation),
            Effect::TryCredential { new, generation } => self.try_credential(*new, generation),
            Effect::StopTest => self.test.cancel(),
            Effect::TrustHost(key) => self.trust_host(key),
            Effect::List { listing, new, generation } => self.list(listing, *new, generation),
            Effect::StopListing => self.listing.cancel(),
            Effect::StopPreview => self.preview.cancel(),
            Effect::ChangeCredential(new) => self.change_credential(*new),
            Effect::Remove(removal) => self.remove(removal),
            Effect::StartDemo => self.exit = Some(Exit::StartDemo),
            Effect::OpenFolder(folder) => self.exit = Some(Exit::OpenFolder(folder)),
            Effect::SetMouse(on) => self.guard.set_mouse(on)?,
            Effect::Suspend => self.suspend().await?,
            Effect::SaveScreen => self.save(),
            Effect::Quit => self.exit = Some(Exit::Quit),
        }
        Ok(())
    }

    /// Asks the engine, off this thread. A panic in it is a failed query.
    fn load(&self, query: Query, generation: Generation) {
        let (engine, answer) = (self.engine.clone(), self.answer.clone());
        tokio::spawn(async move {
            let asked = query.clone();
            let answered = match query {
                Query::FixPreview { problem, fix } => {
                    let preview = engine.preview_fix(problem, fix).await;
                    preview.map(|preview| Message::FixPreviewed { problem, fix, preview })
                }
                Query::Removal(removal) => {
                    let preview = engine.preview_removal(&removal).await;
                    preview.map(|preview| Message::RemovalPreviewed { removal, preview })
                }
                Query::SyncLog(sync) => {
                    engine.sync_log(sync).await.map(|events| Message::SyncLogLoaded { generation, events })
                }
                query => {
                    let work = tokio::task::spawn_blocking(move || ask(&engine, query, generation)).await;
                    work.unwrap_or_else(|error| Err(broken(&error.to_string())))
                }
            };
            let message = answered.unwrap_or_else(|problem| Message::QueryFailed {
                query: asked,
                generation,
                problem: Box::new(problem),
            });
            // The screen may have been left meanwhile.
            let _gone = answer.send(message).await;
        });
    }

    /// Reads the first rows of a model; what was being read for another one is stopped.
    fn preview(&mut self, project: String, unique_id: String, generation: Generation) {
        self.preview.cancel();
        self.preview = CancellationToken::new();
        let (engine, answer, cancel) = (self.engine.clone(), self.answer.clone(), self.preview.clone());
        tokio::spawn(async move {
            let query = Query::Preview { project: project.clone(), unique_id: unique_id.clone() };
            let request = PreviewRequest { project, unique_id, limit: PREVIEW_ROWS, most_bytes: Some(PREVIEW_BYTES) };
            let message = match engine.preview(&request, &cancel).await {
                Ok(preview) => Message::PreviewLoaded { generation, preview: Box::new(preview) },
                Err(problem) => Message::QueryFailed { query, generation, problem: Box::new(problem) },
            };
            // The screen may have been left meanwhile.
            let _gone = answer.send(message).await;
        });
    }

    async fn copy(&mut self, copy: CopiedText) -> io::Result<()> {
        let message = if clipboard::copy_here(&copy.text, self.facts).await {
            Message::Copied { what: with_size(&copy), how: "copied".to_owned() }
        } else {
            match clipboard::sequence(&copy.text, self.facts) {
                Ok(sequence) => {
                    self.guard.send(&sequence)?;
                    // It never answers, so more can't be said.
                    Message::Copied { what: with_size(&copy), how: "sent to terminal".to_owned() }
                }
                Err(reason) => Message::CopyNotTaken { copy, reason },
            }
        };
        self.happened(message, Dirty::Now).await
    }

    fn write_copy(&self, copy: CopiedText) {
        let path = self.start.environment.resolve_path(&copy.file, self.start.environment.working_directory());
        let answer = self.answer.clone();
        tokio::spawn(async move {
            let (text, target) = (copy.text.clone(), path.clone());
            let written = tokio::task::spawn_blocking(move || write_new(&target, &text)).await;
            let message = match written.unwrap_or_else(|error| Err(error.to_string())) {
                Ok(()) => Message::Copied { what: with_size(&copy), how: format!("written to {}", path.display()) },
                Err(reason) => Message::CopyNotTaken { copy, reason },
            };
            // The screen may have been left meanwhile.
            let _gone = answer.send(message).await;
        });
    }

    fn save(&self) {
        let saved = self.state.saved.clone();
        let file = memory::file(&self.start.environment, &self.engine.workspace().location);
        tokio::task::spawn_blocking(move || memory::write(&file, &saved));
    }

    /// At the end, before the process goes.
    pub(super) fn save_now(&mut self) {
        let saved = self.state.to_save();
        memory::write(&memory::file(&self.start.environment, &self.engine.workspace().location), &saved);
    }

    /// Back to the shell, and on again when it wants. The whole group stops: whoever started us
    /// waits for us.
    pub(super) async fn suspend(&mut self) -> io::Result<()> {
        self.keys = None;
        self.guard.leave();
        let sent = kill_current_process_group(Raw::TSTP).is_ok();
        signal_hook::low_level::raise(Raw::STOP.as_raw())?;
        // Here again: SIGCONT came.
        if sent {
            self.signals.swallow_stop().await;
        }
        self.come_back()?;
        self.happened(Message::Resumed, Dirty::Now).await
    }

    fn come_back(&mut self) -> io::Result<()> {
        self.guard.enter()?;
        self.title.clear();
        self.keys = Some(EventStream::new());
        Ok(())
    }

    /// Hands the terminal to `$VISUAL`, `$EDITOR`, or vi, at a line.
    async fn edit(&mut self, file: PathBuf, line: u32) -> io::Result<()> {
        self.keys = None;
        self.guard.leave();
        let file = self.state.surroundings.base.join(file);
        let ended = self.run_editor(&file, line).await;
        let failure = match ended {
            Ok(Some(status)) if status.success() => None,
            Ok(Some(status)) => Some(format!("the editor ended with {status}")),
            Ok(None) => return Ok(()),
            Err(error) => Some(error),
        };
        self.come_back()?;
        self.happened(Message::EditorClosed { failure }, Dirty::Now).await
    }

    /// None when we are to end instead.
    async fn run_editor(&mut self, file: &Path, line: u32) -> Result<Option<ExitStatus>, String> {
        let (program, arguments) = editor(&self.start.environment);
        let mut command = Command::new(&program);
        command.args(arguments);
        if line > 0 {
            command.arg(format!("+{line}"));
        }
        command.arg(file).stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
        let mut child = command.spawn().map_err(|error| format!("{program} does not start: {error}; set EDITOR"))?;
        loop {
            tokio::select! {
                biased;
                signal = self.signals.next_beside_another() => match signal {
                    Signal::HangUp => {
                        self.exit = Some(Exit::Ended(super::HUNG_UP));
                        return Ok(None);
                    }
                    Signal::Terminate => {
                        self.exit = Some(Exit::Ended(super::TERMINATED));
                        return Ok(None);
                    }
                    // The editor has stopped itself and its group: so do we.
                    Signal::Stop => signal_hook::low_level::raise(Raw::STOP.as_raw()).map_err(|error| error.to_string())?,
                },
                status = child.wait() => return status.map(Some).map_err(|error| error.to_string()),
            }
        }
    }
}

/// `SQL (12 kB)`.
fn with_size(copy: &CopiedText) -> String {
    format!("{} ({})", copy.what, crate::tui::text::bytes(copy.text.len() as u64))
}

/// Writes a file that is not there yet; blocks. The reason in words where it can't be made.
fn write_new(path: &Path, text: &str) -> Result<(), String> {
    let opened = File::options().write(true).create_new(true).open(path);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => "there is a file of this name already".to_owned(),
        _ => format!("it can't be written: {error}"),
    })
}

/// One question, answered; blocks.
fn ask(engine: &Engine, query: Query, generation: Generation) -> Result<Message, Problem> {
    Ok(match query {
        Query::Overview => Message::OverviewLoaded { generation, overview: Box::new(engine.overview()?) },
        Query::Models => Message::ModelsLoaded { generation, models: engine.models()? },
        Query::Model { project, unique_id } => {
            Message::ModelLoaded { generation, model: engine.model(&project, &unique_id)?.map(Box::new) }
        }
        Query::Macro { project, unique_id } => {
            Message::MacroLoaded { generation, one: engine.one_macro(&project, &unique_id)?.map(Box::new) }
        }
        Query::Selection(words) => Message::SelectionLoaded { generation, selection: engine.select(&words)? },
        Query::Syncs => {
            let filter = SyncFilter { limit: Some(MOST_SYNCS), ..SyncFilter::default() };
            Message::SyncsLoaded { generation, syncs: engine.syncs(&filter)? }
        }
        Query::Sync(id) => Message::SyncLoaded { generation, sync: engine.sync_view(id)?.map(Box::new) },
        Query::Problems => {
            let filter = ProblemFilter { limit: Some(MOST_PROBLEMS), ..ProblemFilter::default() };
            Message::ProblemsLoaded { generation, problems: engine.problems(&filter)? }
        }
        // Asked by `load`, which can wait for them.
        Query::FixPreview { .. } | Query::SyncLog(_) | Query::Removal(_) | Query::Preview { .. } => {
            return Err(broken("it was asked for in the wrong place"));
        }
    })
}

pub(super) fn broken(words: &str) -> Problem {
    let summary = "The question stopped by a mistake in ebb itself";
    Problem::new(Code::new("SYNC-PANIC"), Subject::Workspace, summary).with_raw(words)
}

/// The person's editor and its arguments.
fn editor(environment: &Environment) -> (String, Vec<String>) {
    let set = ["VISUAL", "EDITOR"].into_iter().find_map(|name| environment.variable(name));
    let mut words = set.unwrap_or("vi").split_whitespace().map(str::to_owned);
    let program = words.next().unwrap_or_else(|| "vi".to_owned());
    (program, words.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_written_once_and_never_over_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ebb-shop.json");
        assert_eq!(write_new(&file, "{}"), Ok(()));
        assert_eq!(write_new(&file, "other").unwrap_err(), "there is a file of this name already");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
        let reason = write_new(&folder.path().join("nowhere/x"), "").unwrap_err();
        assert!(reason.starts_with("it can't be written: "), "{reason}");
    }

    #[test]
    fn the_editor_may_have_arguments() {
        let cases = [
            ("nano", "", "nano", 0),
            ("nano", "code --wait", "code", 1),
            ("", "emacs -nw -q", "emacs", 2),
            ("  ", "", "vi", 0),
            ("", "", "vi", 0),
        ];
        for (editor_set, visual_set, program, arguments) in cases {
            let set = [("EDITOR", editor_set), ("VISUAL", visual_set)];
            let variables = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let environment = Environment::new(variables, "/home/ann", "/");
            let (found, rest) = editor(&environment);
            assert_eq!((found.as_str(), rest.len()), (program, arguments));
        }
    }
}
