//! The signals that mean something to the screen.

use std::io;

use tokio::signal::unix::{self, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// The terminal is gone.
    HangUp,
    /// End in an orderly way.
    Terminate,
    /// Back to the shell until it brings us back.
    Stop,
}

/// The signals, taken over from their defaults as long as this lives.
#[derive(Debug)]
pub(super) struct Signals {
    hang_up: unix::Signal,
    terminate: unix::Signal,
    interrupt: unix::Signal,
    stop: unix::Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
        })
    }

    /// The next one. Can be dropped and asked again without losing any.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            _ = self.hang_up.recv() => Signal::HangUp,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.interrupt.recv() => Signal::Terminate,
            _ = self.stop.recv() => Signal::Stop,
        }
    }

    /// While another program has the terminal: what the person sends it comes to us, too, and an
    /// interrupt is meant for that program.
    pub(super) async fn next_beside_another(&mut self) -> Signal {
        loop {
            tokio::select! {
                biased;
                _ = self.hang_up.recv() => return Signal::HangUp,
                _ = self.terminate.recv() => return Signal::Terminate,
                _ = self.interrupt.recv() => {}
                _ = self.stop.recv() => return Signal::Stop,
            }
        }
    }

    /// Waits for the stop signal that we sent to our own group, so that it is not taken for another.
    pub(super) async fn swallow_stop(&mut self) {
        const SOON: std::time::Duration = std::time::Duration::from_millis(50);
        let _none_came = tokio::time::timeout(SOON, self.stop.recv()).await;
    }
}
