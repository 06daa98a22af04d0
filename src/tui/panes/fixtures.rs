//! What the panes' tests are fed with: a screen that is driven by messages and keys as the real one is,
//! and records of a small workspace.

use std::path::PathBuf;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::{Event, EventKind, JobId, Overview, ProjectView};
use crate::problem::{Action, Code, Excerpt, Fix, Grade, Place, Problem, Severity, Subject};
use crate::store::{
    Cause, CommitRecord, ProblemId, ProblemRecord, ProblemState, Stage, StageRecord, SyncCounts, SyncId, SyncRecord,
    SyncState,
};
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::glyphs::Glyphs;
use crate::tui::key::Key;
use crate::tui::message::Message;
use crate::tui::state::{Now, State, Tab};
use crate::tui::theme::{Look, Role, Theme};
use crate::tui::{update, view};

pub(in crate::tui) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Noon of the day on which everything here happens.
pub(in crate::tui) fn noon() -> Timestamp {
    at("2026-11-23T12:00:00Z")
}

/// A screen under test: it takes messages and keys, and keeps what it wanted done.
pub(in crate::tui) struct Screen {
    pub(in crate::tui) state: State,
    pub(in crate::tui) effects: Vec<Effect>,
    now: Now,
}

impl Screen {
    pub(in crate::tui) fn new(tab: Tab, columns: u16, rows: u16) -> Self {
        let now = Now { wall: noon(), millis: 10_000 };
        let mut state = State::new(now, columns, rows);
        state.tab = tab;
        let mut screen = Self { state, effects: Vec::new(), now };
        screen.effects = screen.state.opening();
        screen.send(Message::TimerFired);
        screen
    }

    pub(in crate::tui) fn ascii(mut self) -> Self {
        self.state.glyphs = Glyphs::ascii();
        self.send(Message::TimerFired);
        self
    }

    pub(in crate::tui) fn send(&mut self, message: Message) {
        let effects = update::update(&mut self.state, message, self.now);
        self.effects.extend(effects);
    }

    pub(in crate::tui) fn wait(&mut self, millis: u64) {
        self.now.millis += millis;
        self.now.wall += jiff::SignedDuration::from_millis(millis as i64);
        self.send(Message::TimerFired);
    }

    /// Presses keys as they are written in `ebb.toml`, one after the other.
    pub(in crate::tui) fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.send(Message::Key(Key::parse(key).unwrap()));
        }
    }

    pub(in crate::tui) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The generation with which a query was asked last.
    pub(in crate::tui) fn asked(&self, wanted: &Query) -> Option<Generation> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Load { query, generation } if query == wanted => Some(*generation),
            _ => None,
        })
    }

    pub(in crate::tui) fn happen(&mut self, kind: EventKind) {
        self.send(Message::EngineHappened(Box::new(Event { at: self.now.wall, kind })));
    }

    pub(in crate::tui) fn buffer(&self, theme: Theme) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.state.columns, self.state.rows));
        view::draw(&self.state, Look::new(theme, &self.state.glyphs), &mut buffer);
        buffer
    }

    /// What is seen, without the spaces at the ends of the lines.
    pub(in crate::tui) fn text(&self) -> String {
        let buffer = self.buffer(Theme::terminal());
        lines(&buffer, |x, y| buffer[(x, y)].symbol().to_owned())
    }

    /// One letter for the role of each cell.
    pub(in crate::tui) fn roles(&self) -> String {
        let buffer = self.buffer(Theme::letters());
        lines(&buffer, |x, y| Role::letter_of(buffer[(x, y)].fg, buffer[(x, y)].bg).to_string())
    }

    pub(in crate::tui) fn load_overview(&mut self) {
        let generation = self.asked(&Query::Overview).unwrap();
        self.send(Message::OverviewLoaded { generation, overview: Box::new(overview()) });
    }

    pub(in crate::tui) fn load_syncs(&mut self, syncs: Vec<SyncRecord>) {
        let generation = self.asked(&Query::Syncs).unwrap();
        self.send(Message::SyncsLoaded { generation, syncs });
    }

    pub(in crate::tui) fn load_problems(&mut self, problems: Vec<ProblemRecord>) {
        let generation = self.asked(&Query::Problems).unwrap();
        self.send(Message::ProblemsLoaded { generation, problems });
    }

    pub(in crate::tui) fn fail(&mut self, query: Query) {
        let generation = self.asked(&query).unwrap();
        let problem = Problem::new(Code::new("STORE-BUSY"), Subject::Store, "The history is locked by another program");
        self.send(Message::QueryFailed { query, generation, problem: Box::new(problem) });
    }
}

fn lines(buffer: &Buffer, cell: impl Fn(u16, u16) -> String) -> String {
    let rows = (0..buffer.area.height).map(|y| (0..buffer.area.width).map(|x| cell(x, y)).collect::<String>());
    rows.map(|row| row.trim_end().to_owned() + "\n").collect()
}

pub(in crate::tui) fn overview() -> Overview {
    let project = |name: &str, open_problems| ProjectView {
        name: name.to_owned(),
        connection: None,
        repository: format!("https://git.example/{name}.git"),
        branch: "main".to_owned(),
        project_path: "transform/dbt_project.yml".to_owned(),
        schema: "analytics".to_owned(),
        adapter: "postgres".to_owned(),
        folder: false,
        last_sync: None,
        last_good: None,
        models: 212,
        open_problems,
    };
    Overview {
        workspace: "acme".to_owned(),
        file: Some("/home/ann/acme/ebb.toml".to_owned()),
        connections: Vec::new(),
        projects: vec![project("shop", 1), project("billing", 1)],
        live: Vec::new(),
        open_problems: 2,
    }
}

/// A sync that began so many minutes before noon.
pub(in crate::tui) fn sync(id: i64, project: &str, state: SyncState, minutes: i64) -> SyncRecord {
    let started_at = noon() - jiff::SignedDuration::from_mins(minutes);
    let whole = matches!(state, SyncState::Succeeded | SyncState::Partial);
    let stages = [
        (Stage::Connect, 120, "8f31c2d on main"),
        (Stage::Fetch, 340, "1.2 MB in 3 requests"),
        (Stage::Parse, 81, "212 models, 140 tests"),
        (Stage::Compile, 44, "212 of 212"),
        (Stage::Record, 12, "5 changed"),
    ];
    let gone = if whole { stages.len() } else { 3 };
    let record = |(stage, elapsed_ms, detail): &(Stage, u64, &str)| StageRecord {
        stage: *stage,
        elapsed_ms: *elapsed_ms,
        detail: (*detail).to_owned(),
    };
    SyncRecord {
        id: SyncId(id),
        project: project.to_owned(),
        cause: if id % 3 == 0 { Cause::Schedule } else { Cause::Manual },
        state,
        started_at,
        finished_at: (state != SyncState::Running).then(|| started_at + jiff::SignedDuration::from_millis(2_400)),
        branch: "main".to_owned(),
        commit: Some(CommitRecord {
            id: "8f31c2d9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5".to_owned(),
            author: "Ann Example".to_owned(),
            subject: "Count refunds once".to_owned(),
            at: started_at - jiff::SignedDuration::from_hours(2),
        }),
        stages: stages.iter().take(gone).map(record).collect(),
        counts: if whole {
            SyncCounts {
                models: 212,
                seeds: 3,
                sources: 12,
                tests: 140,
                added: 2,
                changed: 3,
                bytes: 1_200_000,
                ..Default::default()
            }
        } else {
            SyncCounts::default()
        },
        summary: match state {
            SyncState::Failed => "There is no dbt_project.yml at main/transform/dbt_project.yml".to_owned(),
            SyncState::Partial => "2 models have problems".to_owned(),
            SyncState::Succeeded => "2 added, 3 changed".to_owned(),
            SyncState::Running | SyncState::Cancelled | SyncState::Interrupted => String::new(),
        },
        unchanged: false,
    }
}

pub(in crate::tui) fn syncs() -> Vec<SyncRecord> {
    vec![
        sync(14, "billing", SyncState::Failed, 3),
        sync(13, "shop", SyncState::Succeeded, 5),
        sync(12, "shop", SyncState::Partial, 65),
        sync(11, "billing", SyncState::Cancelled, 90),
        sync(10, "shop", SyncState::Interrupted, 3_000),
    ]
}

/// The mistake that people make most: the branch's name in the path.
pub(in crate::tui) fn wrong_path(id: i64) -> ProblemRecord {
    let text = "[projects.billing]\nrepository = \"https://git.example/billing.git\"\nproject_path = \"main/transform/dbt_project.yml\"\nschema = \"analytics\"\n";
    let mut place = Place::in_text("/home/ann/acme/ebb.toml", text, 3, 17, 30);
    if let Some(excerpt) = place.excerpt.as_mut() {
        excerpt.first_line += 9;
        excerpt.line += 9;
        place.line += 9;
    }
    let set = Action::Set {
        key: "projects.billing.project_path".to_owned(),
        value: "\"transform/dbt_project.yml\"".to_owned(),
        sync: Some("billing".to_owned()),
    };
    let move_file = Action::Copy { text: "git mv transform main/transform".to_owned() };
    let problem = Problem::new(
        Code::new("DBT-PROJECT-PATH"),
        Subject::Project { name: "billing".to_owned() },
        "There is no dbt_project.yml at main/transform/dbt_project.yml",
    )
    .with_cause(
        "The path begins with the name of the branch. It is counted from the repository's root, without the branch.",
    )
    .with_raw("dbt project file not found")
    .with_place(place)
    .with_evidence("dbt_project.yml files at 8f31c2d", vec!["transform/dbt_project.yml".to_owned()])
    .with_fix(Fix::new("Read where the path is counted from", Grade::Show, Action::Read))
    .with_fix(Fix::new("Set project_path to transform/dbt_project.yml and sync again", Grade::Safe, set.clone()))
    .with_fix(Fix::new("Set it, and show what changes first", Grade::Ask, set))
    .with_fix(Fix::new("Copy the command that moves the project", Grade::Show, move_file));
    record(id, problem, 3)
}

pub(in crate::tui) fn record(id: i64, problem: Problem, minutes: i64) -> ProblemRecord {
    let last_at = noon() - jiff::SignedDuration::from_mins(minutes);
    ProblemRecord {
        id: ProblemId(id),
        problem,
        state: ProblemState::Open,
        first_at: last_at - jiff::SignedDuration::from_hours(1),
        last_at,
        occurrences: 4,
        sync: Some(SyncId(14)),
    }
}

pub(in crate::tui) fn mended(record: ProblemRecord) -> ProblemRecord {
    let state = ProblemState::Mended { at: noon(), how: "projects.billing.project_path set".to_owned() };
    ProblemRecord { state, ..record }
}

pub(in crate::tui) fn problems() -> Vec<ProblemRecord> {
    let model = Subject::Model { project: "shop".to_owned(), model: "model.shop.fct_orders".to_owned() };
    let missing = Problem::new(Code::new("DBT-REF-MISSING"), model, "ref('stg_order') names no model")
        .with_place(Place {
            file: "models/marts/fct_orders.sql".to_owned(),
            line: 4,
            column: 15,
            excerpt: Excerpt::around("with orders as (\n\n\tselect *\n\tfrom {{ ref('stg_order') }}\n)\n", 4, 14, 9),
        })
        .with_fix(Fix::new("Write ref('stg_orders')", Grade::Show, Action::Read));
    let notice = Problem::new(Code::new("DBT-VERSION"), Subject::Workspace, "dbt 1.8 is asked for; this reads 1.7")
        .with_severity(Severity::Notice);
    vec![
        record(3, notice, 65),
        wrong_path(1),
        record(2, missing, 5),
        mended(record(4, Problem::new(Code::new("GIT-TIMEOUT"), Subject::Store, "git.example did not answer"), 600)),
    ]
}

/// A sync of a project begins, as the engine tells it.
pub(in crate::tui) fn started(project: &str, sync: i64, cause: Cause) -> EventKind {
    EventKind::SyncStarted { job: JobId(1), project: project.to_owned(), sync: SyncId(sync), cause }
}

/// A place on this machine, for `$EDITOR`.
pub(in crate::tui) fn file(path: &str) -> PathBuf {
    PathBuf::from(path)
}
