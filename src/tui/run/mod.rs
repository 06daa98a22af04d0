//! The screen's only loop: signals, keys, answers, events and the frame deadline in one place.
//!
//! It sleeps until something happens. Nothing here decides what is shown or done: what happens
//! becomes a message, and what `update` hands back is carried out.

mod carry;
mod connecting;
mod input;
mod memory;
mod signals;

use std::io;
use std::path::PathBuf;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use jiff::Timestamp;
use ratatui::crossterm::event::EventStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use crate::engine::{Engine, Event, NewProject, Subscription};
use crate::problem::Problem;
use crate::workspace::{self, Environment, Location, Motion};

use super::commands::Keymap;
use super::effect::Effect;
use super::message::Message;
use super::panes::Pane as _;
use super::state::{Now, State, Surroundings, Tab};
use super::terminal::{Facts, Guard, exit_at_once, watch_for_hang_up};
use super::text;
use super::theme::{Patches, Theme};
use super::update::update;
use super::view::view;

use signals::{Signal, Signals};

/// How the screen is to begin.
#[derive(Clone, Debug)]
pub struct Start {
    pub environment: Environment,
    /// Begin as on a first day, whatever was saved.
    pub fresh: bool,
    /// The project that is selected: the one that was just made.
    pub project: Option<String>,
}

/// How the screen was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    Quit,
    /// The demo is wanted.
    StartDemo,
    /// The dbt project in this folder is wanted.
    OpenFolder(PathBuf),
    /// There is no `ebb.toml` yet to which this could be added.
    Connect(NewProject),
    /// A signal of this number ended it.
    Ended(u8),
}

/// Numbers of signals; the exit code is 128 more.
const HUNG_UP: u8 = 1;
const TERMINATED: u8 = 15;
/// Most frames a second while nobody presses keys.
const FRAME: Duration = Duration::from_millis(33);
/// Frames that only say how work goes: five a second, one where nobody looks or the link is slow.
const WORK_FRAME: Duration = Duration::from_millis(200);
const SLOW_FRAME: Duration = Duration::from_secs(1);
/// How long a new size must rest before it is drawn, and how long it may go on changing until then.
const SIZE_RESTS: Duration = Duration::from_millis(50);
const SIZE_WAITS: Duration = Duration::from_millis(150);
/// How long the first frame waits for what is stored, so that it is whole.
const FIRST_FRAME: Duration = Duration::from_millis(30);
/// A write that takes longer than this fills the link.
const SLOW_WRITE: Duration = Duration::from_millis(200);
/// Answers that may wait to be taken.
const ANSWERS: usize = 64;

/// What the next frame is for: the most urgent reason counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dirty {
    No,
    /// Work goes on.
    Work,
    /// Something was loaded or happened.
    News,
    /// The size is another: when it rests, or soon.
    Size,
    /// A person did something: at once.
    Now,
}

/// Shows the workspace until it is left. Starts what the workspace expects to run; ends what runs.
/// Must be called on the thread that blocks on it, which alone may panic for the screen.
///
/// # Errors
/// Only when the terminal can't be taken or written to.
pub async fn run(engine: Engine, start: Start) -> io::Result<Exit> {
    let mut runner = Runner::new(engine, start)?;
    let effects = runner.state.opening();
    runner.begin_work();
    runner.carry_out(effects).await?;
    let left = runner.turn().await;
    runner.save_now();
    match left {
        Ok(Exit::Ended(HUNG_UP)) => {
            runner.engine.clone().shut_down().await;
            exit_at_once(runner, HUNG_UP)
        }
        Err(_) if !runner.terminal_is_there() => {
            runner.engine.clone().shut_down().await;
            exit_at_once(runner, HUNG_UP)
        }
        left => {
            // The terminal first: ending work may take a moment.
            runner.guard.leave();
            runner.engine.shut_down().await;
            left
        }
    }
}

struct Runner {
    engine: Engine,
    state: State,
    guard: Guard,
    theme: Theme,
    facts: Facts,
    start: Start,
    keys: Option<EventStream>,
    signals: Signals,
    hang_up: oneshot::Receiver<()>,
    answers: mpsc::Receiver<Message>,
    answer: mpsc::Sender<Message>,
    subscription: Subscription,
    began: Instant,
    last_frame: Instant,
    dirty: Dirty,
    /// When the size began to change, and when it did last.
    resized: Option<(Instant, Instant)>,
    /// When figures of running work were taken last, in milliseconds.
    figures_at: u64,
    /// Ends the test of a connection that runs.
    test: CancellationToken,
    /// Ends the listing that runs.
    listing: CancellationToken,
    /// Stops the reading of rows that runs.
    preview: CancellationToken,
    title: String,
    exit: Option<Exit>,
}

/// One thing that woke the loop.
#[expect(clippy::large_enum_variant, reason = "lives for one turn of the loop")]
enum Woken {
    Signal(Signal),
    HungUp,
    Key(Option<io::Result<ratatui::crossterm::event::Event>>),
    Answer(Message),
    Event(Result<Event, RecvError>),
    Timer,
}

impl Runner {
    fn new(engine: Engine, start: Start) -> io::Result<Self> {
        let facts = Facts::of(&start.environment);
        let opened = engine.workspace();
        let ui = &opened.settings.ui;
        let began = Instant::now();
        let now = Now { wall: Timestamp::now(), millis: 0 };
        let mut state = State::new(now, 0, 0);
        let (keymap, problems) = Keymap::new(&ui.keys);
        state.keymap = keymap;
        state.glyphs = facts.glyphs(ui);
        state.patches = Patches::new(&ui.theme_roles, facts.many_colours);
        state.mouse = facts.mouse(ui);
        state.motion = ui.motion;
        state.tips.on = ui.tips == workspace::Tips::On;
        state.surroundings = surroundings(&start.environment, &opened.location);
        if matches!(opened.location, Location::Folder(_)) {
            // Whoever opens a dbt project wants its models; there are no connections to look at.
            state.tab = Tab::Models;
        }
        if !start.fresh {
            state.restore(memory::read(&memory::file(&start.environment, &opened.location)));
        }
        if let Some(project) = &start.project {
            state.connections.select(project);
        }
        let mut guard = Guard::take(state.mouse)?;
        let size = guard.screen().size()?;
        (state.columns, state.rows) = (size.width, size.height);
        let (answer, answers) = mpsc::channel(ANSWERS);
        let mut runner = Self {
            subscription: engine.subscribe(),
            engine,
            state,
            guard,
            theme: facts.theme(ui),
            facts,
            start,
            keys: Some(EventStream::new()),
            signals: Signals::new()?,
            hang_up: watch_for_hang_up()?,
            answers,
            answer,
            began,
            last_frame: began.checked_sub(FRAME).unwrap_or(began) + FIRST_FRAME,
            dirty: Dirty::News,
            resized: None,
            figures_at: 0,
            test: CancellationToken::new(),
            preview: CancellationToken::new(),
            listing: CancellationToken::new(),
            title: String::new(),
            exit: None,
        };
        runner.tell_problems(problems);
        Ok(runner)
    }

    /// Mistakes in the person's own keys: the first one is said, all are counted.
    fn tell_problems(&mut self, problems: Vec<Problem>) {
        let more = problems.len().saturating_sub(1);
        if let Some(first) = problems.into_iter().next() {
            let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
            self.state.say(super::state::Tone::Failed, format!("{}{more}", first.summary));
        }
    }

    /// Starts what somebody who opens the workspace expects to run.
    fn begin_work(&self) {
        let (engine, answer) = (self.engine.clone(), self.answer.clone());
        tokio::spawn(async move {
            if let Err(problem) = engine.begin().await {
                let _gone = answer.send(Message::RequestFailed(Box::new(problem))).await;
            }
        });
    }

    async fn turn(&mut self) -> io::Result<Exit> {
        loop {
            if self.frame_due().is_some_and(|due| due <= Instant::now()) {
                self.draw().await?;
            }
            if let Some(exit) = self.exit.take() {
                return Ok(exit);
            }
            match self.woken().await {
                Woken::Signal(Signal::HangUp) | Woken::HungUp | Woken::Key(None | Some(Err(_))) => {
                    return Ok(Exit::Ended(HUNG_UP));
                }
                Woken::Signal(Signal::Terminate) => return Ok(Exit::Ended(TERMINATED)),
                Woken::Signal(Signal::Stop) => self.suspend().await?,
                Woken::Key(Some(Ok(event))) => self.keys_came(event).await?,
                Woken::Answer(message) => self.happened(message, Dirty::News).await?,
                Woken::Event(event) => self.engine_told(event).await?,
                Woken::Timer => self.time_came().await?,
            }
        }
    }

    /// Sleeps until something happens. Signals first, then keys: a flood of events delays neither.
    async fn woken(&mut self) -> Woken {
        let timer = self.next_timer();
        let keys = async {
            match &mut self.keys {
                Some(keys) => keys.next().await,
                None => std::future::pending().await,
            }
        };
        let timer = async {
            match timer {
                Some(at) => sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            signal = self.signals.next() => Woken::Signal(signal),
            _ = &mut self.hang_up => Woken::HungUp,
            event = keys => Woken::Key(event),
            Some(message) = self.answers.recv() => Woken::Answer(message),
            event = self.subscription.events.recv() => Woken::Event(event),
            () = timer => Woken::Timer,
        }
    }

    /// Every key and resize that has come is taken before a frame is drawn: a held key and a storm of
    /// resizes cost one frame.
    async fn keys_came(&mut self, first: ratatui::crossterm::event::Event) -> io::Result<()> {
        let mut event = Some(first);
        while let Some(some) = event {
            if let Some(message) = input::message(some) {
                let dirty = self.urgency(&message);
                self.happened(message, dirty).await?;
            }
            event = match &mut self.keys {
                Some(keys) if self.exit.is_none() => already_here(keys).await,
                _ => None,
            };
        }
        Ok(())
    }

    /// A person sees at once what a key did; a size that goes on changing is drawn when it rests.
    fn urgency(&mut self, message: &Message) -> Dirty {
        if !matches!(message, Message::Resized { .. }) {
            return Dirty::Now;
        }
        let now = Instant::now();
        self.resized = Some((self.resized.map_or(now, |(first, _)| first), now));
        Dirty::Size
    }

    async fn engine_told(&mut self, event: Result<Event, RecvError>) -> io::Result<()> {
        match event {
            Ok(event) => self.happened(Message::EngineHappened(Box::new(event)), Dirty::Work).await,
            Err(RecvError::Lagged(_)) => self.happened(Message::EventsMissed, Dirty::News).await,
            Err(RecvError::Closed) => {
                // The engine is gone; nothing will come any more.
                self.subscription.events = broadcast::channel(1).0.subscribe();
                Ok(())
            }
        }
    }

    /// A deadline of the state, or the next look at the progress of running work.
    async fn time_came(&mut self) -> io::Result<()> {
        let due = self.state.next_deadline().is_some_and(|due| due <= self.millis());
        if !due {
            return Ok(());
        }
        let rested = self.millis() >= self.figures_at + State::FIGURES;
        if rested && self.subscription.progress.has_changed().unwrap_or(false) {
            self.figures_at = self.millis();
            let figures = self.subscription.progress.borrow_and_update().clone();
            self.happened(Message::ProgressChanged(figures), Dirty::Work).await?;
        }
        self.happened(Message::TimerFired, Dirty::Work).await
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Folds a message in and carries out what follows.
    async fn happened(&mut self, message: Message, dirty: Dirty) -> io::Result<()> {
        let now = Now { wall: Timestamp::now(), millis: self.millis() };
        let effects = update(&mut self.state, message, now);
        self.dirty = self.dirty.max(dirty);
        self.carry_out(effects).await
    }

    /// When the next frame may be drawn; none when nothing changed.
    fn frame_due(&self) -> Option<Instant> {
        let idle_eyes = !self.state.watched || self.state.motion == Motion::Slow;
        let wait = match self.dirty {
            Dirty::No => return None,
            Dirty::Now => return Some(self.last_frame),
            Dirty::Size => {
                let (first, last) = self.resized.unwrap_or((self.last_frame, self.last_frame));
                return Some((first + SIZE_WAITS).min(last + SIZE_RESTS));
            }
            Dirty::Work | Dirty::News if idle_eyes => SLOW_FRAME,
            Dirty::News => FRAME,
            Dirty::Work => WORK_FRAME,
        };
        Some(self.last_frame + wait)
    }

    fn next_timer(&self) -> Option<Instant> {
        let deadline = self.state.next_deadline().map(|millis| self.began + Duration::from_millis(millis));
        [deadline, self.frame_due()].into_iter().flatten().min()
    }

    async fn draw(&mut self) -> io::Result<()> {
        // The size may have changed before its event came.
        let size = self.guard.screen().size()?;
        if (size.width, size.height) != (self.state.columns, self.state.rows) {
            self.happened(Message::Resized { columns: size.width, rows: size.height }, Dirty::Now).await?;
        }
        let (state, theme) = (&self.state, self.theme);
        self.guard.screen().draw(|frame| view(state, theme, frame))?;
        (self.last_frame, self.dirty, self.resized) = (Instant::now(), Dirty::No, None);
        self.set_title()?;
        let slow = self.guard.screen().backend_mut().take_slowest() > SLOW_WRITE;
        if slow && self.state.motion != Motion::Slow {
            self.happened(Message::LinkFoundSlow, Dirty::News).await?;
        }
        Ok(())
    }

    fn set_title(&mut self) -> io::Result<()> {
        let workspace = self.state.overview.value().map_or("", |overview| overview.workspace.as_str());
        let running = self.state.work.running.len();
        let count = if running > 0 { format!(" ({running} syncing)") } else { String::new() };
        let title = text::clean(&format!("ebb {workspace}{count}")).into_owned();
        if title != self.title {
            self.guard.set_title(&title)?;
            self.title = title;
        }
        Ok(())
    }

    fn terminal_is_there(&mut self) -> bool {
        self.hang_up.try_recv() == Err(oneshot::error::TryRecvError::Empty) && self.guard.screen().size().is_ok()
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            // Boxed, because some effects (the editor's end) are messages with effects of their own.
            Box::pin(self.carry(effect)).await?;
        }
        Ok(())
    }
}

/// An event that has come already. Polled with this task's own waker: the stream keeps the first one
/// that it sees, and would wake nobody if it were another.
async fn already_here(keys: &mut EventStream) -> Option<ratatui::crossterm::event::Event> {
    std::future::poll_fn(|context| match keys.poll_next_unpin(context) {
        Poll::Ready(event) => Poll::Ready(event.and_then(Result::ok)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// What the state may know of where it runs.
fn surroundings(environment: &Environment, location: &Location) -> Surroundings {
    let here = environment.working_directory();
    let folder = here.join("dbt_project.yml").is_file().then(|| here.to_path_buf());
    let base = match location {
        Location::File(file) => file.parent().unwrap_or(here).to_path_buf(),
        Location::Folder(folder) => folder.clone(),
        Location::None => here.to_path_buf(),
    };
    Surroundings { folder, base, here: here.to_path_buf() }
}
