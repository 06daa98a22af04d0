//! A real pseudo-terminal with the real program in it: start, type, resize, look, close.
//!
//! Answers no terminal query: a program that waits for an answer must fail here.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long anything may take before a test gives up. Generous: machines are shared.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// One read of the program's output.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub at: Instant,
    pub bytes: Vec<u8>,
}

/// A program in a pseudo-terminal.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Chunk>,
    parser: vt100::Parser,
    /// Everything that was read so far.
    pub chunks: Vec<Chunk>,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Start {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub folder: PathBuf,
    pub environment: Vec<(String, String)>,
    pub columns: u16,
    pub rows: u16,
}

impl Start {
    /// `program` in `home`, which is also every XDG folder's parent, at 80 x 24.
    pub fn new(program: impl Into<PathBuf>, home: &Path) -> Self {
        let below = |name: &str| home.join(name).display().to_string();
        let environment = [
            ("HOME", home.display().to_string()),
            ("XDG_CONFIG_HOME", below("config")),
            ("XDG_STATE_HOME", below("state")),
            ("XDG_CACHE_HOME", below("cache")),
            ("XDG_DATA_HOME", below("data")),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
        ];
        Self {
            program: program.into(),
            arguments: Vec::new(),
            folder: home.to_path_buf(),
            environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            columns: 80,
            rows: 24,
        }
    }

    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        self
    }

    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = folder.to_path_buf();
        self
    }

    pub fn run(self) -> Terminal {
        Terminal::start(self)
    }
}

fn at_least_one(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap_or(NonZero::<u16>::MIN)
}

impl Terminal {
    fn start(start: Start) -> Self {
        let size = PtySize { rows: start.rows, cols: start.columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(&start.program);
        command.args(&start.arguments);
        command.cwd(&start.folder);
        command.env_clear();
        for (name, value) in &start.environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let bytes = buffer.get(..read).unwrap_or_default().to_vec();
                if sender.send(Chunk { at: Instant::now(), bytes }).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(at_least_one(start.rows), at_least_one(start.columns), 0);
        Self { master: pair.master, writer, child, output, parser, chunks: Vec::new() }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Types `keys` as they are: `"\x1b"` is Esc, `"\r"` Enter, `"\x1b[B"` the down arrow.
    pub fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn take(&mut self, chunk: Chunk) {
        self.parser.process(&chunk.bytes);
        self.chunks.push(chunk);
    }

    /// Reads until nothing has come for `quiet`; says how many bytes came.
    pub fn settle(&mut self, quiet: Duration) -> usize {
        let mut bytes = 0;
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match self.output.recv_timeout(quiet) {
                Ok(chunk) => {
                    bytes += chunk.bytes.len();
                    self.take(chunk);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return bytes,
            }
        }
        bytes
    }

    /// The screen's text, rows joined by line breaks.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Reads until the screen shows `text`.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(&format!("{text:?} on the screen"), |terminal| terminal.text().contains(text));
    }

    pub fn wait_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}; the screen shows:\n{}", self.text());
            match self.output.recv_timeout(Duration::from_millis(200)) {
                Ok(chunk) => self.take(chunk),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    assert!(holds(self), "the program ended before {what}; the screen shows:\n{}", self.text());
                }
            }
        }
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).unwrap();
        self.parser.screen_mut().set_size(at_least_one(rows), at_least_one(columns));
    }

    /// Waits for the program's end.
    pub fn wait(&mut self) -> ExitStatus {
        self.wait_within(PATIENCE)
            .unwrap_or_else(|| panic!("the program did not end; the screen shows:\n{}", self.text()))
    }

    /// Waits for the program's end, but not longer than `limit`.
    pub fn wait_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Some(status) = self.child.try_wait().unwrap() {
                // Its last words may still be on the way; the terminal closes behind them.
                self.settle(Duration::from_secs(2));
                return Some(status);
            }
            if let Ok(chunk) = self.output.recv_timeout(Duration::from_millis(10)) {
                self.take(chunk);
            }
        }
        None
    }

    /// Sends a signal by the `kill` program: `TSTP`, `CONT`, `TERM`, `KILL`.
    pub fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let status = std::process::Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap();
        assert!(status.success(), "kill -{name} {pid}");
    }

    /// All bytes read so far.
    pub fn raw(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|chunk| chunk.bytes.iter().copied()).collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Already gone is as good.
        let _killed = self.child.kill();
    }
}
