//! How records lie in columns: enumerations as words, times as microseconds. No queries.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::records::{Cause, Kind, SyncState};

/// The words are those of the records' serialised form; a test compares them.
macro_rules! stored_as_word {
    ($type:ty { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                let word = match self { $(Self::$variant => $word),+ };
                Ok(ToSqlOutput::Borrowed(ValueRef::Text(word.as_bytes())))
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self::$variant),)+
                    other => Err(FromSqlError::Other(format!("{other:?} is not a {}", stringify!($type)).into())),
                }
            }
        }
    };
}

stored_as_word!(Cause { Initial = "initial", Manual = "manual", Fix = "fix", Schedule = "schedule", Push = "push", Edit = "edit" });
stored_as_word!(SyncState {
    Running = "running",
    Succeeded = "succeeded",
    Partial = "partial",
    Failed = "failed",
    Cancelled = "cancelled",
    Interrupted = "interrupted",
});
stored_as_word!(Kind {
    Model = "model",
    Seed = "seed",
    Snapshot = "snapshot",
    Source = "source",
    Exposure = "exposure",
    Analysis = "analysis",
    Test = "test",
});

/// A time in a column. What a foreign commit claims may lie outside of our range; it is brought in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time(pub(super) Timestamp);

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_microsecond().into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let microseconds = value.as_i64()?;
        Timestamp::from_microsecond(microseconds).map(Self).map_err(|_| FromSqlError::OutOfRange(microseconds))
    }
}

/// A value kept as JSON text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<T>(pub(super) T);

impl<T: serde::Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
        Ok(text.into())
    }
}

impl<T: serde::de::DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(|e| FromSqlError::Other(e.into()))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn stored<T: ToSql>(value: T) -> String {
        Connection::open_in_memory().unwrap().query_row("SELECT ?1", [value], |row| row.get(0)).unwrap()
    }

    fn read<T: FromSql>(text: &str) -> rusqlite::Result<T> {
        Connection::open_in_memory().unwrap().query_row("SELECT ?1", [text], |row| row.get(0))
    }

    fn same_word<T: ToSql + FromSql + serde::Serialize + PartialEq + std::fmt::Debug + Copy>(values: &[T]) {
        for value in values {
            let word = stored(*value);
            assert_eq!(serde_json::to_value(value).unwrap(), serde_json::json!(word));
            assert_eq!(read::<T>(&word).unwrap(), *value);
        }
    }

    #[test]
    fn words_are_those_of_the_serialised_form() {
        same_word(&[Cause::Initial, Cause::Manual, Cause::Fix, Cause::Schedule, Cause::Push, Cause::Edit]);
        same_word(&[Kind::Model, Kind::Seed, Kind::Snapshot, Kind::Source, Kind::Exposure]);
        same_word(&[Kind::Analysis, Kind::Test]);
        same_word(&[
            SyncState::Running,
            SyncState::Succeeded,
            SyncState::Partial,
            SyncState::Failed,
            SyncState::Cancelled,
            SyncState::Interrupted,
        ]);
    }

    #[test]
    fn a_word_that_is_not_known_is_an_error() {
        assert!(read::<Kind>("spreadsheet").is_err());
        assert!(read::<Json<Vec<u8>>>("[1,").is_err());
    }

    #[test]
    fn the_earliest_and_latest_times_survive() {
        for time in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::from_microsecond(1).unwrap()] {
            let connection = Connection::open_in_memory().unwrap();
            let read: Time = connection.query_row("SELECT ?1", [Time(time)], |row| row.get(0)).unwrap();
            assert_eq!(read.0, time);
        }
    }
}
