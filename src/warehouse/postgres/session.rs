//! Open sessions: kept for a while after use, so that a second preview does not begin with a handshake, and told
//! to stop on the server when what runs in them is given up.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::Client;

use super::super::error::SourceError;
use super::super::source::Bounds;
use super::connect::Road;

/// How long a session that nobody uses is kept.
const KEPT: Duration = Duration::from_mins(1);
/// Most sessions that are kept.
const MOST: usize = 2;

/// One session. The connection ends when it is dropped.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client: Client,
}

impl Session {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }
}

/// The sessions of one source.
#[derive(Clone, Debug)]
pub(super) struct Sessions {
    road: Arc<Road>,
    idle: Arc<Mutex<Vec<(Session, Instant)>>>,
}

impl Sessions {
    pub(super) fn new(road: Road) -> Self {
        Self { road: Arc::new(road), idle: Arc::new(Mutex::new(Vec::new())) }
    }

    pub(super) fn road(&self) -> &Road {
        &self.road
    }

    /// A session for one query, and whether it has been used before.
    pub(super) async fn take(&self, bounds: &Bounds) -> Result<(Running, bool), SourceError> {
        if let Some(session) = self.kept() {
            return Ok((self.running(session), true));
        }
        self.fresh(bounds).await.map(|running| (running, false))
    }

    /// A new session.
    pub(super) async fn fresh(&self, bounds: &Bounds) -> Result<Running, SourceError> {
        Ok(self.running(self.road.open(bounds).await?))
    }

    fn running(&self, session: Session) -> Running {
        Running { session: Some(session), sessions: self.clone() }
    }

    fn kept(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(session, since)| since.elapsed() < KEPT && !session.client.is_closed());
        idle.pop().map(|(session, _)| session)
    }

    /// Keeps a session in which nothing runs any more.
    pub(super) fn give_back(&self, session: Session) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST && !session.client.is_closed() {
            idle.push((session, Instant::now()));
        }
    }
}

/// A session in which something runs. Dropped before [`Running::done`], it has the server stop that.
#[derive(Debug)]
pub(super) struct Running {
    session: Option<Session>,
    sessions: Sessions,
}

impl Running {
    /// None after the end.
    pub(super) fn client(&self) -> Result<&Client, SourceError> {
        let gone = || SourceError::Cut { raw: "the session has ended".to_owned() };
        self.session.as_ref().map(|session| &session.client).ok_or_else(gone)
    }

    /// Has the server stop what runs. A server that can't be asked any more stops when the connection ends.
    pub(super) async fn stop(&mut self) {
        if let Some(session) = self.session.take() {
            let _ = self.sessions.road.stop(session.client.cancel_token()).await;
        }
    }

    /// Nothing runs any more: the session may serve the next one.
    pub(super) fn done(&mut self) {
        if let Some(session) = self.session.take() {
            self.sessions.give_back(session);
        }
    }

    /// Nothing runs any more, and the session is not to be used again.
    pub(super) fn close(&mut self) {
        self.session = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        let (road, token) = (self.sessions.road.clone(), session.client.cancel_token());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let _ = road.stop(token).await;
                drop(session);
            });
        }
    }
}
