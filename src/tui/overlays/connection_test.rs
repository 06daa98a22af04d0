//! A test of a Git connection, step by step as it goes on, and what is missing at its end. Closing it ends
//! the test.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{After, Answer, Confirm};
use crate::engine::{NewCredential, NewProject, Probe, ProbeOutcome, ProbeStep, Tried, TrustedKey};
use crate::problem::{Action, Problem};
use crate::tui::commands::{Command, Lookup};
use crate::tui::effect::{Effect, Generation};
use crate::tui::glyphs::Glyphs;
use crate::tui::key::{Key, KeyCode};
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::Motion;

/// What is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tested {
    /// A Git connection that is there, with everything that uses it.
    Connection(String),
    /// A project that is written when all is well.
    Project(Box<NewProject>),
    /// Another credential, which is written when all is well.
    Credential(Box<NewCredential>),
}

/// What has been told so far.
#[derive(Clone, Debug)]
pub struct ConnectionTest {
    tested: Tested,
    generation: Generation,
    probes: Vec<Probe>,
    /// How it ended; none while it runs.
    ended: Option<bool>,
    up: usize,
}

/// Cells of a step's name, and of its time.
const STEP: usize = 16;
const TIME: usize = 8;

impl ConnectionTest {
    pub(super) fn new(tested: Tested, generation: Generation) -> Self {
        Self { tested, generation, probes: Vec::new(), ended: None, up: 0 }
    }

    pub(super) fn begin(&self) -> Effect {
        let generation = self.generation;
        match self.tested.clone() {
            Tested::Connection(connection) => Effect::TestConnection { connection, generation },
            Tested::Project(new) => Effect::TryProject { new, generation },
            Tested::Credential(new) => Effect::TryCredential { new, generation },
        }
    }

    pub(super) fn told(&mut self, generation: Generation, probe: Probe) {
        if generation == self.generation {
            self.probes.push(probe);
        }
    }

    pub(super) fn ended(&mut self, generation: Generation, result: Result<bool, Box<Problem>>) {
        if generation == self.generation {
            self.ended = Some(matches!(result, Ok(true)));
            self.probes.extend(result.err().map(|problem| Probe::ProblemFound { problem }));
        }
    }

    /// The trial of a project ended. What it might be, where the person has to say which; nothing was tested
    /// then.
    pub(super) fn tried(
        &mut self,
        generation: Generation,
        result: Result<Box<Tried>, Box<Problem>>,
    ) -> Option<Box<Tried>> {
        if generation != self.generation {
            return None;
        }
        let choice = result.as_ref().ok().filter(|tried| !tried.choose.is_empty()).cloned();
        if let Ok(tried) = &result {
            self.tested = Tested::Project(Box::new(tried.new.clone()));
        }
        self.ended(generation, result.map(|tried| tried.is_well));
        choice
    }

    pub(super) fn pressed(&mut self, key: Key, state: &State) -> Answer {
        let is_new = !matches!(self.tested, Tested::Connection(_));
        match (key.code, self.ended) {
            (KeyCode::Enter, Some(true)) | (KeyCode::Char('w'), Some(false)) if is_new => {
                return Answer::Closes(After::Save(self.tested.clone()));
            }
            (KeyCode::Char('t'), Some(false)) => {
                if let Some(question) = self.trust_question() {
                    return Answer::Opens(After::Ask(question));
                }
            }
            (KeyCode::Enter, Some(_)) => return Answer::Closes(After::Test(self.tested.clone())),
            _ => {}
        }
        if let Some(motion) = super::motion(key, state) {
            self.go(motion, state);
            return Answer::Stays;
        }
        match state.keymap.lookup(&[key], state.tab) {
            Lookup::Command(Command::Quit | Command::Cancel) => Answer::Closes(After::Do(vec![Effect::StopTest])),
            _ => Answer::Stays,
        }
    }

    pub(super) fn tested(&self) -> Tested {
        self.tested.clone()
    }

    /// Whether to trust a host that was met and is not known; none where there is none.
    fn trust_question(&self) -> Option<Confirm> {
        let problems = self.probes.iter().rev().filter_map(|probe| match probe {
            Probe::ProblemFound { problem } => Some(problem),
            _ => None,
        });
        let (key, fingerprint) = problems.flat_map(|problem| &problem.fixes).find_map(|fix| match &fix.action {
            Action::TrustHost { host, key, fingerprint, .. } => {
                Some((TrustedKey { host: host.clone(), line: key.clone() }, fingerprint))
            }
            _ => None,
        })?;
        let lines = vec![
            format!("It showed the key {}", text::clean(fingerprint)),
            "Trust it only if that is the fingerprint that its owner publishes.".to_owned(),
        ];
        let title = format!("Trust {}?", text::clean(&key.host));
        let effects = vec![Effect::TrustHost(key)];
        Some(Confirm { title, lines, verb: "Trust it, and test again".to_owned(), effects, chosen: false })
    }

    fn go(&mut self, motion: Motion, state: &State) {
        let area = Self::area(state);
        let height = height(area);
        let most = self.lines(&state.glyphs, usize::from(area.width.saturating_sub(4))).len().saturating_sub(height);
        // The window's top row moves; its distance from the end is what is kept.
        let top = most.saturating_sub(self.up);
        let target = motion.target(top, height, most + 1);
        self.up = most - target.min(most);
    }

    pub(super) fn area(state: &State) -> Rect {
        state.areas().overlay(100.min(state.columns.saturating_sub(2)), state.rows.saturating_sub(4).min(30))
    }

    fn lines(&self, glyphs: &Glyphs, width: usize) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        for probe in &self.probes {
            match probe {
                Probe::ProjectBegan { project, repository } => {
                    if !lines.is_empty() {
                        lines.push((Role::Text, String::new()));
                    }
                    lines.push((Role::Title, format!("{}  {}", text::clean(project), text::clean(repository))));
                }
                // Shown until it has ended.
                Probe::StepBegan { step } => lines.push((Role::Running, row(glyphs.running, *step, "", ""))),
                Probe::StepEnded { step, outcome, detail, elapsed_ms } => {
                    lines.retain(|(role, _)| *role != Role::Running);
                    lines.extend(ended_lines(glyphs, *step, *outcome, detail, *elapsed_ms, width));
                }
                Probe::Noted { words } => lines.extend(wrapped(Role::Warning, glyphs.notice, words, width)),
                Probe::ProblemFound { problem } => lines.extend(problem_lines(problem, glyphs, width)),
            }
        }
        if self.ended.is_some() {
            lines.retain(|(role, _)| *role != Role::Running);
        }
        lines
    }

    pub(super) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        super::clear(area, look, buffer);
        let title = match &self.tested {
            Tested::Connection(name) => format!("Test of {}", text::clean(name)),
            Tested::Project(new) => format!("Test of {}", text::clean(&new.address)),
            Tested::Credential(new) => format!("Test of {} with its new credential", text::clean(&new.connection)),
        };
        let inside = Frame::new(&title).focused(true).draw(look, area, buffer);
        let width = usize::from(inside.width.saturating_sub(2));
        let (lines, height) = (self.lines(look.glyphs, width), height(area));
        let first = lines.len().saturating_sub(height).saturating_sub(self.up);
        for ((role, line), y) in lines.iter().skip(first).take(height).zip(inside.y..) {
            buffer.set_stringn(inside.x + 1, y, line, width, look.style(*role));
        }
        let (words, role) = match (&self.tested, self.ended) {
            (_, None) => ("testing; esc stops", Role::Dim),
            (Tested::Connection(_), Some(true)) => ("all is well · enter tests again · esc closes", Role::Success),
            (_, Some(false)) if self.trust_question().is_some() => {
                ("the host is not known · t trusts it · enter tests again · esc goes back", Role::Failure)
            }
            (Tested::Connection(_), Some(false)) => {
                ("something is missing · enter tests again · esc closes", Role::Failure)
            }
            (Tested::Project(_), Some(true)) => {
                ("all is well · enter saves it and syncs · esc goes back", Role::Success)
            }
            (Tested::Credential(_), Some(true)) => ("all is well · enter saves it · esc goes back", Role::Success),
            (_, Some(false)) => ("something is missing · esc mends it · enter tests again · w saves it", Role::Failure),
        };
        let words = words.replace('·', look.glyphs.separator);
        let words = text::truncate(&words, width, look.glyphs.ellipsis);
        buffer.set_stringn(inside.x + 1, inside.bottom().saturating_sub(1), words, width, look.style(role));
    }
}

/// Rows of the test: the last two of the box are air and a hint.
fn height(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(4))
}

fn row(mark: &str, step: ProbeStep, time: &str, detail: &str) -> String {
    format!("{mark} {:<STEP$}{time:>TIME$}  {detail}", step.title()).trim_end().to_owned()
}

fn ended_lines(
    glyphs: &Glyphs,
    step: ProbeStep,
    outcome: ProbeOutcome,
    detail: &str,
    elapsed_ms: u64,
    width: usize,
) -> Vec<(Role, String)> {
    let (mark, role, time) = match outcome {
        ProbeOutcome::Passed => (glyphs.check, Role::Text, text::duration(elapsed_ms)),
        ProbeOutcome::Failed => (glyphs.cross, Role::Failure, text::duration(elapsed_ms)),
        ProbeOutcome::Skipped => (glyphs.pending, Role::Dim, String::new()),
    };
    let before = 2 + STEP + TIME + 2;
    let parts = text::wrap(&text::clean(detail), width.saturating_sub(before).max(12));
    let first = row(mark, step, &time, parts.first().map_or("", |part| part));
    let more = parts.iter().skip(1).map(|part| (role, format!("{:before$}{part}", "")));
    std::iter::once((role, first)).chain(more).collect()
}

fn wrapped(role: Role, mark: &str, words: &str, width: usize) -> Vec<(Role, String)> {
    let parts = text::wrap(&text::clean(words), width.saturating_sub(2).max(12));
    let marked = |(index, part): (usize, &_)| (role, format!("{} {part}", if index == 0 { mark } else { " " }));
    parts.iter().enumerate().map(marked).collect()
}

/// Code and summary, why, what was found, and what mends it.
fn problem_lines(problem: &Problem, glyphs: &Glyphs, width: usize) -> Vec<(Role, String)> {
    let mut lines = vec![(Role::Text, String::new())];
    lines.extend(wrapped(Role::Failure, glyphs.cross, &format!("{}: {}", problem.code, problem.summary), width));
    lines.extend(
        wrapped(Role::Text, " ", &problem.cause, width).into_iter().filter(|(_, line)| !line.trim().is_empty()),
    );
    for evidence in &problem.evidence {
        lines.extend(wrapped(Role::Label, " ", &evidence.label, width));
        lines.extend(evidence.lines.iter().flat_map(|line| wrapped(Role::Dim, " ", &format!("  {line}"), width)));
    }
    lines.extend(problem.fixes.iter().flat_map(|fix| wrapped(Role::Accent, glyphs.bullet, &fix.title, width)));
    lines
}
