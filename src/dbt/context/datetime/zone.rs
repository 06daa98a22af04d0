//! `pytz`: time zones, from the data that the program carries.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::{Moment, bad_value, moment};
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// An offset and what it is called.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Zone {
    pub(super) offset: Offset,
    pub(super) name: String,
}

impl Zone {
    pub(super) fn utc() -> Self {
        Self { offset: Offset::UTC, name: "UTC".to_owned() }
    }
}

/// `pytz.utc`.
pub(in crate::dbt::context) fn utc() -> Value {
    Value::object(ZoneObject(TimeZone::UTC, "UTC".to_owned()))
}

/// `pytz.timezone(name)`.
pub(in crate::dbt::context) fn timezone(name: &str) -> Result<Value, Error> {
    let zone = TimeZoneDatabase::bundled().get(name);
    let zone =
        zone.map_err(|_| Error::value_error(format!("UnknownTimeZoneError: {}", crate::dbt::python::text_repr(name))))?;
    Ok(Value::object(ZoneObject(zone, name.to_owned())))
}

/// A zone of `pytz`.
pub(super) struct ZoneObject(TimeZone, String);

impl ZoneObject {
    /// The offset at a moment of UTC.
    pub(super) fn at(&self, moment: Timestamp) -> Zone {
        let info = self.0.to_offset_info(moment);
        Zone { offset: info.offset(), name: info.abbreviation().to_owned() }
    }

    /// What `tzinfo=zone` gives without `localize`: the oldest offset of the zone, to the minute.
    pub(super) fn oldest(&self) -> Zone {
        let oldest = self.at(Timestamp::MIN);
        let minutes = (f64::from(oldest.offset.seconds()) / 60.0).round() as i32;
        Zone { offset: Offset::from_seconds(minutes * 60).unwrap_or(oldest.offset), name: oldest.name }
    }

    fn localize(&self, at: DateTime) -> Result<Zone, Error> {
        let timestamp = self.0.to_timestamp(at).map_err(bad_value)?;
        Ok(self.at(timestamp))
    }
}

impl Object for ZoneObject {
    fn type_name(&self) -> &'static str {
        "DstTzInfo"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        (name == "zone").then(|| self.1.as_str().into())
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let given = args.positional.first().and_then(Value::downcast::<Moment>)?;
        match name {
            "localize" => Some(self.localize(given.at).map(|zone| moment(given.at, Some(zone)))),
            "normalize" => Some(given.shift(self)),
            _ => None,
        }
    }

    fn to_str(&self) -> String {
        self.1.clone()
    }

    fn repr(&self) -> String {
        format!("<DstTzInfo '{}'>", self.1)
    }
}

/// The zone that a `tz` or `tzinfo` argument means; nothing for none.
pub(super) fn zone_argument(args: &Args, place: usize) -> Option<std::rc::Rc<ZoneObject>> {
    let named = args.keyword.iter().find(|(key, _)| matches!(key.as_ref(), "tz" | "tzinfo")).map(|(_, value)| value);
    args.positional.get(place).or(named)?.downcast::<ZoneObject>()
}

/// `+02:00`, with the separator asked for.
pub(super) fn offset_text(offset: Offset, separator: &str) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}{separator}{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
}
