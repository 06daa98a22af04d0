//! The modes of the terminal: entered and left in one place, left once, also by a panic.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ratatui::Terminal;
use ratatui::crossterm::style::force_color_output;
use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::layout::Size;

use super::backend::{FrameBackend, SizeSource};

/// Alternate screen, cleared; cursor hidden; bracketed paste; focus events; the title is put away.
const ENTER: &str = "\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b[22;2t";
/// All of it undone, also what a crash may have left: attributes, an open synchronized update.
const LEAVE: &str = "\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[23;2t\x1b[?25h\x1b[?1049l";
/// Presses and the wheel, never movement: moving the mouse must cost nothing.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Our own handle on the terminal: standard output's lock and line buffer are not in the way.
fn output() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// The size as the kernel knows it; no other program is asked.
#[derive(Debug)]
struct OfTerminal(File);

impl SizeSource for OfTerminal {
    fn size(&self) -> io::Result<Size> {
        let size = rustix::termios::tcgetwinsize(&self.0)?;
        Ok(Size::new(size.ws_col, size.ws_row))
    }
}

/// Holds the terminal. Dropping it gives the terminal back.
#[derive(Debug)]
pub(crate) struct Guard {
    screen: Terminal<FrameBackend<File>>,
    held: Arc<AtomicBool>,
    mouse: bool,
}

impl Guard {
    /// Takes the terminal. A panic of the calling thread gives it back before it is reported;
    /// one of another thread is a job's, which is caught there, and must not write over the screen.
    pub(crate) fn take(mouse: bool) -> io::Result<Self> {
        // Colours are decided by the theme alone; crossterm's own reading of NO_COLOR would
        // take the selection bar away, too. Memoised: must be said before any style is printed.
        force_color_output(true);
        let held = Arc::new(AtomicBool::new(false));
        hook_panics(Arc::clone(&held));
        let mut guard = Self { screen: new_screen()?, held, mouse };
        guard.enter()?;
        Ok(guard)
    }

    pub(crate) fn screen(&mut self) -> &mut Terminal<FrameBackend<File>> {
        &mut self.screen
    }

    /// Takes the modes (again); the next frame is drawn whole.
    pub(crate) fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        self.held.store(true, Ordering::SeqCst);
        // The memory of what is on the screen goes with the old one.
        self.screen = new_screen()?;
        let mouse = if self.mouse { MOUSE_ON } else { "" };
        self.send(format!("{ENTER}{mouse}").as_bytes())
    }

    /// Gives the modes back, until [`Guard::enter`].
    pub(crate) fn leave(&mut self) {
        give_back(&self.held);
    }

    pub(crate) fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        self.send(if on { MOUSE_ON } else { MOUSE_OFF }.as_bytes())
    }

    /// The window's title. The words must be clean.
    pub(crate) fn set_title(&mut self, words: &str) -> io::Result<()> {
        self.send(format!("\x1b]2;{words}\x1b\\").as_bytes())
    }

    /// Sends sequences outside of a frame.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.screen.backend_mut().send(bytes)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // ratatui's terminal prints to standard error when it can't show the cursor again; the
        // cursor is ours, so there is nothing left for it to do.
        give_back(&self.held);
    }
}

fn new_screen() -> io::Result<Terminal<FrameBackend<File>>> {
    Terminal::new(FrameBackend::new(output()?, Box::new(OfTerminal(output()?))))
}

/// Undoes what was done, once. Does what it can: there is nobody to tell of a failure.
fn give_back(held: &AtomicBool) {
    if !held.swap(false, Ordering::SeqCst) {
        return;
    }
    if let Ok(mut out) = output() {
        let _gone = out.write_all(LEAVE.as_bytes());
    }
    let _gone = disable_raw_mode();
}

fn hook_panics(held: Arc<AtomicBool>) {
    let screen = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let ours = thread::current().id() == screen;
        if ours {
            give_back(&held);
        }
        if ours || !held.load(Ordering::SeqCst) {
            before(info);
        }
    }));
}
