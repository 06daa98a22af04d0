//! A backend for ratatui that writes a frame in exactly one `write`, inside of a synchronized update,
//! and nothing at all for a frame that changed nothing.
//!
//! Never asks the terminal: the cursor's place is the one that was set last.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

/// The sequences around a frame: terminals that know them show it at once, others ignore them.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Collects what is drawn until the frame is whole.
#[derive(Debug, Default)]
struct Pending(Vec<u8>);

/// Where the pieces of a frame are collected; crossterm flushes after each of some, which is too early.
#[derive(Clone, Debug, Default)]
struct Collector(std::rc::Rc<std::cell::RefCell<Pending>>);

impl Write for Collector {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct FrameBackend<W> {
    inner: CrosstermBackend<Collector>,
    collected: Collector,
    out: W,
    size: Box<dyn SizeSource>,
    cursor: Position,
    /// None until it was set: then the first frame sets it whatever it is.
    cursor_shown: Option<bool>,
    /// Something was drawn after the cursor was placed, so that it stands elsewhere.
    displaced: bool,
    slowest: Duration,
}

/// Where the size of the screen comes from.
pub(crate) trait SizeSource: std::fmt::Debug {
    fn size(&self) -> io::Result<Size>;
}

impl SizeSource for Size {
    fn size(&self) -> io::Result<Size> {
        Ok(*self)
    }
}

impl<W: Write> FrameBackend<W> {
    pub(crate) fn new(out: W, size: Box<dyn SizeSource>) -> Self {
        let collected = Collector::default();
        Self {
            inner: CrosstermBackend::new(collected.clone()),
            collected,
            out,
            size,
            cursor: Position::ORIGIN,
            cursor_shown: None,
            displaced: true,
            slowest: Duration::ZERO,
        }
    }

    /// How long the slowest write took since this was asked last.
    pub(crate) fn take_slowest(&mut self) -> Duration {
        std::mem::take(&mut self.slowest)
    }

    /// Sends sequences outside of a frame: modes, the clipboard, the title.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }
}

impl<W: Write> Backend for FrameBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.displaced = true;
        self.inner.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown == Some(false) {
            return Ok(());
        }
        self.cursor_shown = Some(false);
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown == Some(true) {
            return Ok(());
        }
        self.cursor_shown = Some(true);
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if !self.displaced && position == self.cursor {
            return Ok(());
        }
        (self.cursor, self.displaced) = (position, false);
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.size.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    /// The end of a frame: one write, or none when nothing was drawn.
    fn flush(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut *self.collected.0.borrow_mut()).0;
        if pending.is_empty() {
            return Ok(());
        }
        let frame = [BEGIN, &pending, END].concat();
        let began = Instant::now();
        self.out.write_all(&frame)?;
        self.out.flush()?;
        self.slowest = self.slowest.max(began.elapsed());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::style::Style;

    use super::*;

    /// Counts writes and keeps their bytes.
    #[derive(Debug, Default)]
    struct Counter {
        writes: usize,
        bytes: Vec<u8>,
    }

    impl Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.writes += 1;
            self.bytes.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn terminal(columns: u16, rows: u16) -> Terminal<FrameBackend<Counter>> {
        let backend = FrameBackend::new(Counter::default(), Box::new(Size::new(columns, rows)));
        let mut terminal = Terminal::new(backend).unwrap();
        terminal.backend_mut().out = Counter::default();
        terminal
    }

    fn taken(terminal: &mut Terminal<FrameBackend<Counter>>) -> (usize, String) {
        let out = std::mem::take(&mut terminal.backend_mut().out);
        (out.writes, String::from_utf8(out.bytes).unwrap())
    }

    #[test]
    fn a_frame_is_one_write_inside_of_a_synchronized_update() {
        let mut terminal = terminal(200, 60);
        terminal
            .draw(|frame| {
                for y in 0..60 {
                    frame.buffer_mut().set_string(0, y, "select 1 ".repeat(22), Style::new());
                }
            })
            .unwrap();
        let (writes, bytes) = taken(&mut terminal);
        assert_eq!(writes, 1);
        assert!(bytes.starts_with("\x1b[?2026h") && bytes.ends_with("\x1b[?2026l"));
    }

    #[test]
    fn a_frame_that_changes_nothing_is_not_written() {
        let mut terminal = terminal(20, 3);
        for _ in 0..3 {
            terminal.draw(|frame| frame.buffer_mut().set_string(0, 0, "same", Style::new())).unwrap();
        }
        assert_eq!(taken(&mut terminal).0, 1);
    }

    #[test]
    fn a_cursor_that_stays_is_not_written_again() {
        let mut terminal = terminal(20, 3);
        for _ in 0..3 {
            terminal.draw(|frame| frame.set_cursor_position((3, 1))).unwrap();
        }
        let (writes, bytes) = taken(&mut terminal);
        assert_eq!((writes, bytes.matches("\x1b[2;4H").count()), (1, 1));
    }

    #[test]
    fn the_terminal_is_never_asked_for_anything() {
        let mut terminal = terminal(20, 3);
        terminal.draw(|frame| frame.set_cursor_position((3, 1))).unwrap();
        terminal.backend_mut().size = Box::new(Size::new(10, 2));
        terminal.draw(|frame| frame.buffer_mut().set_string(0, 0, "less", Style::new())).unwrap();
        let (_, bytes) = taken(&mut terminal);
        assert!(!bytes.contains("\x1b[6n") && !bytes.contains("\x1b[c"));
        assert_eq!(terminal.backend_mut().get_cursor_position().unwrap(), Position::new(3, 1));
    }
}
