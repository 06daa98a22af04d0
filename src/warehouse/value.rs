//! What a cell of a result holds, with its type kept: no value takes a way round through text that would
//! lose digits, zones or the difference between empty and null. Plain data; does no I/O.

use std::fmt::{self, Write as _};

use serde_json::Value as Json;

use super::decimal::Decimal;
use super::moment::{Date, Interval, Moment, TimeOfDay};

/// One cell. 24 bytes, so that a batch of rows stays small.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    /// An integer that needs more than 64 bits; BigQuery and DuckDB have such.
    Huge(Box<i128>),
    /// Not a number and the infinities included.
    Float(f64),
    Decimal(Decimal),
    Text(Box<str>),
    Binary(Box<[u8]>),
    Date(Date),
    Time(TimeOfDay),
    /// A time of day with its distance from UTC, in seconds east.
    TimeWithZone(TimeOfDay, i32),
    /// Date and time as a calendar and a clock on the wall say it, in no particular zone.
    Timestamp(Moment),
    /// A point in time, as UTC; with the minutes east of it where the warehouse keeps them.
    Instant(Moment, Option<i16>),
    Interval(Box<Interval>),
    Uuid(Box<[u8; 16]>),
    /// JSON as the warehouse wrote it: numbers of any length stay whole.
    Json(Box<str>),
    Array(Box<[Value]>),
    /// Fields with their names, in their order.
    Record(Box<[(Box<str>, Value)]>),
    /// A type that has no kind of its own here, as the warehouse writes it.
    Other(Box<str>),
}

/// What kind of values a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Bool,
    Integer,
    Float,
    Decimal,
    Text,
    Binary,
    Date,
    Time,
    Timestamp,
    Instant,
    Interval,
    Uuid,
    Json,
    Array,
    Record,
    Other,
}

impl Kind {
    /// Numbers are read with their last digits below each other.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Decimal)
    }

    /// In words, for a person.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bool => "yes or no",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Instant => "timestamp with zone",
            Self::Interval => "interval",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Array => "array",
            Self::Record => "record",
            Self::Other => "other",
        }
    }
}

/// A column of a result or of a relation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// As the warehouse says it: `numeric(38,10)`.
    pub type_name: String,
}

impl Column {
    pub fn new(name: impl Into<String>, kind: Kind, type_name: impl Into<String>) -> Self {
        Self { name: name.into(), kind, type_name: type_name.into() }
    }
}

impl Value {
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A 128-bit integer in the smallest form that holds it.
    pub fn integer(number: i128) -> Self {
        match i64::try_from(number) {
            Ok(small) => Self::Integer(small),
            Err(_) => Self::Huge(Box::new(number)),
        }
    }

    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is a number, exact or not.
    pub const fn is_numeric(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Huge(_) | Self::Float(_) | Self::Decimal(_))
    }

    /// As JSON for `--json`. What JSON has no form for (exact decimals, large integers, dates, not a number,
    /// bytes) becomes a text, so that nothing is rounded on the way.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(is) => Json::Bool(*is),
            Self::Integer(number) => Json::from(*number),
            Self::Float(number) => {
                serde_json::Number::from_f64(*number).map_or_else(|| Json::String(self.to_string()), Json::Number)
            }
            Self::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_string())),
            Self::Array(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Record(fields) => {
                Json::Object(fields.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect())
            }
            _ => Json::String(self.to_string()),
        }
    }
}

/// As people and CSV files write it; null is the empty text.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(is) => write!(f, "{is}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Huge(number) => write!(f, "{number}"),
            Self::Float(number) => float(f, *number),
            Self::Decimal(number) => write!(f, "{number}"),
            Self::Text(text) | Self::Json(text) | Self::Other(text) => f.write_str(text),
            Self::Binary(bytes) => {
                f.write_str("0x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::Date(date) => write!(f, "{date}"),
            Self::Time(time) => write!(f, "{time}"),
            Self::TimeWithZone(time, east) => {
                write!(f, "{time}")?;
                offset(f, *east)
            }
            Self::Timestamp(moment) => write!(f, "{moment}"),
            Self::Instant(moment, zone) => match (moment.is_finite(), zone) {
                (false, _) => write!(f, "{moment}"),
                (true, None) => write!(f, "{moment}Z"),
                (true, Some(minutes)) => {
                    let east = i32::from(*minutes) * 60;
                    write!(f, "{}", moment.plus_seconds(i64::from(east)))?;
                    offset(f, east)
                }
            },
            Self::Interval(interval) => write!(f, "{interval}"),
            Self::Uuid(bytes) => uuid(f, bytes),
            Self::Array(_) | Self::Record(_) => write!(f, "{}", self.to_json()),
        }
    }
}

fn float(f: &mut fmt::Formatter<'_>, number: f64) -> fmt::Result {
    if number.is_nan() {
        f.write_str("NaN")
    } else if number.is_infinite() {
        f.write_str(if number > 0.0 { "Infinity" } else { "-Infinity" })
    } else if number != 0.0 && (number.abs() >= 1e17 || number.abs() < 1e-5) {
        write!(f, "{number:e}")
    } else {
        write!(f, "{number}")
    }
}

/// Seconds east of UTC as `+05:30`.
fn offset(f: &mut fmt::Formatter<'_>, east: i32) -> fmt::Result {
    let (sign, distance) = (if east < 0 { '-' } else { '+' }, east.unsigned_abs());
    let (hours, minutes, seconds) = (distance / 3_600, distance / 60 % 60, distance % 60);
    write!(f, "{sign}{hours:02}:{minutes:02}")?;
    if seconds == 0 { Ok(()) } else { write!(f, ":{seconds:02}") }
}

fn uuid(f: &mut fmt::Formatter<'_>, bytes: &[u8; 16]) -> fmt::Result {
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            f.write_char('-')?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

/// Some rows of a result, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    width: usize,
    values: Vec<Value>,
}

impl Batch {
    /// For rows of `width` cells, with room for `rows` of them.
    pub fn new(width: usize, rows: usize) -> Self {
        Self { width, values: Vec::with_capacity(width.saturating_mul(rows)) }
    }

    /// Adds one cell: rows are filled from left to right.
    pub fn push(&mut self, value: Value) {
        self.values.push(value);
    }

    /// How many rows are whole.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Value]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// The cells, row by row.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_small() {
        assert!(size_of::<Value>() <= 24, "{}", size_of::<Value>());
    }

    #[test]
    fn cells_are_written_as_people_do() {
        let uuid = [0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12, 0xd3, 0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0x00];
        for (value, written) in [
            (Value::Null, ""),
            (Value::text(""), ""),
            (Value::Bool(true), "true"),
            (Value::Integer(i64::MIN), "-9223372036854775808"),
            (Value::integer(i128::from(i64::MAX) + 1), "9223372036854775808"),
            (Value::integer(7), "7"),
            (Value::Float(f64::NAN), "NaN"),
            (Value::Float(f64::NEG_INFINITY), "-Infinity"),
            (Value::Float(0.1), "0.1"),
            (Value::Float(-0.0), "-0"),
            (Value::Float(1e300), "1e300"),
            (Value::Float(5e-324), "5e-324"),
            (Value::Binary([0, 255].into()), "0x00ff"),
            (Value::Uuid(Box::new(uuid)), "123e4567-e89b-12d3-a456-426614174000"),
            (Value::TimeWithZone(TimeOfDay::from_nanoseconds(3_600_000_000_000), -19_800), "01:00:00-05:30"),
            (Value::Instant(Moment::new(0, 0), None), "1970-01-01 00:00:00Z"),
            (Value::Instant(Moment::new(0, 500_000_000), Some(90)), "1970-01-01 01:30:00.5+01:30"),
            (Value::Instant(Moment::INFINITY, None), "infinity"),
            (Value::Array([Value::Integer(1), Value::Null].into()), "[1,null]"),
            (Value::Record([("a".into(), Value::text("x"))].into()), r#"{"a":"x"}"#),
        ] {
            assert_eq!(value.to_string(), written, "{value:?}");
        }
    }

    #[test]
    fn json_loses_nothing() {
        let long = "0.12345678901234567890123456789012345678";
        for (value, written) in [
            (Value::Null, "null".to_owned()),
            (Value::text(""), "\"\"".to_owned()),
            (Value::Decimal(long.parse().unwrap()), format!("\"{long}\"")),
            (Value::Float(f64::INFINITY), "\"Infinity\"".to_owned()),
            (Value::Float(1.5), "1.5".to_owned()),
            (Value::Integer(9_007_199_254_740_993), "9007199254740993".to_owned()),
            (Value::Json(r#"{"b":1,"a":[null]}"#.into()), r#"{"b":1,"a":[null]}"#.to_owned()),
            (Value::Json("not json".into()), "\"not json\"".to_owned()),
            (Value::Array([Value::Bool(false)].into()), "[false]".to_owned()),
        ] {
            assert_eq!(value.to_json().to_string(), written, "{value:?}");
        }
    }

    #[test]
    fn a_batch_counts_whole_rows() {
        let mut batch = Batch::new(2, 2);
        for number in 0..5 {
            batch.push(Value::Integer(number));
        }
        assert_eq!((batch.len(), batch.rows().count(), batch.is_empty()), (2, 2, false));
        assert_eq!(batch.rows().last(), Some([Value::Integer(2), Value::Integer(3)].as_slice()));
        assert!(Batch::new(0, 5).is_empty(), "a result without columns has no rows to show");
    }
}
