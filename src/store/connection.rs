//! The store's file and its connections: one writer behind a lock, readers beside it. Opening
//! creates what is missing; it never deletes or replaces what is there.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::StoreError;
use super::leases::LeaseDesk;
use super::migrations;
use super::processes::{ProcessDesk, ProcessName};

/// How long a write waits for another process's write. Ours take milliseconds.
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// Readers kept open for the next question; more are opened when more are asked at once.
const READERS_KEPT: usize = 4;

/// What happened, in one SQLite file that any number of processes share.
///
/// Every method blocks; none needs `&mut self`. Share it in an `Arc`.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    // Readers go before the writer: only a connection that may write can bring the log home when it
    // is the last to close.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    /// A store in memory has one connection for everything.
    in_memory: bool,
    pub(super) processes: ProcessDesk,
    pub(super) leases: LeaseDesk,
}

impl Store {
    /// Opens the store at `path`; creates its directory (mode 0700) and file (mode 0600) where they
    /// are missing, brings an older schema up to date, and closes the syncs of processes that died.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        create_private_folder(folder)
            .and_then(|()| create_private_file(path))
            .map_err(|error| StoreError::from_io(path, &error))?;
        let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        prepare(&mut writer, path)?;
        let processes = ProcessDesk::in_folder(&folder.join("processes"))?;
        let leases = LeaseDesk::in_folder(&folder.join("leases"))?;
        let store = Self {
            path: path.to_path_buf(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            in_memory: false,
            processes,
            leases,
        };
        store.close_interrupted()?;
        Ok(store)
    }

    /// A store that is gone with its value; for tests and for looking at a folder without a trace.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        let mut writer = Connection::open_in_memory().map_err(|error| StoreError::from_sqlite(&path, &error))?;
        prepare(&mut writer, &path)?;
        Ok(Self {
            path,
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            in_memory: true,
            processes: ProcessDesk::in_memory(),
            leases: LeaseDesk::in_memory(),
        })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_in_memory(&self) -> bool {
        self.in_memory
    }

    /// This process, as the rows that it writes name it.
    pub(super) fn process(&self) -> &ProcessName {
        self.processes.own()
    }

    /// A number that changes whenever *another* process has written; never by our own writes.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        let writer = self.lock_writer();
        writer.pragma_query_value(None, "data_version", |row| row.get(0)).map_err(|error| self.error(&error))
    }

    /// Answers a question on a snapshot: one read transaction on a connection of its own.
    pub(super) fn read<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        if self.in_memory {
            return question(&self.lock_writer()).map_err(|error| self.error(&error));
        }
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match kept {
            Some(reader) => reader,
            None => connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let answer = reader.unchecked_transaction().and_then(|snapshot| {
            let answer = question(&snapshot)?;
            snapshot.finish()?;
            Ok(answer)
        });
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if answer.is_ok() && readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        answer.map_err(|error| self.error(&error))
    }

    /// Writes in one transaction: all of it or, after any error, nothing.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut writer = self.lock_writer();
        let done = writer.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
            let answer = change(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        });
        done.map_err(|error| self.error(&error))
    }

    pub(super) fn error(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, error)
    }

    /// A panic while writing rolled its transaction back, so the connection is whole.
    fn lock_writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(sqlite)?;
    connection.busy_timeout(BUSY_WAIT).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "foreign_keys", true).map_err(sqlite)?;
    Ok(connection)
}

/// Checks whose file it is before the first byte is written to it, then sets it up.
fn prepare(writer: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    migrations::version(writer, path)?;
    writer.pragma_update(None, "foreign_keys", true).map_err(sqlite)?;
    use_write_ahead_log(writer).map_err(sqlite)?;
    // In WAL mode this survives a crash of any process; only a power cut may take the last writes,
    // and never the consistency.
    writer.pragma_update(None, "synchronous", "NORMAL").map_err(sqlite)?;
    migrations::migrate(writer, path)
}

/// SQLite answers "busy" at once, whatever time-out is set, when two processes change the mode of
/// a new file at the same moment; the one that comes later finds it done.
fn use_write_ahead_log(writer: &Connection) -> rusqlite::Result<()> {
    const TRIES: u32 = 100;
    for _ in 1..TRIES {
        match writer.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                std::thread::sleep(BUSY_WAIT / TRIES);
            }
            done => return done,
        }
    }
    writer.pragma_update(None, "journal_mode", "WAL")
}

pub(super) fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn create_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
