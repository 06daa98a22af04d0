//! Cells as Postgres sends them in binary form, made values. Never trusts a length: the server may be anybody's.

use std::error::Error;

use tokio_postgres::types::{FromSql, Kind as TypeKind, Type};

use super::super::moment::{Date, Interval, Moment, TimeOfDay};
use super::super::value::{Column, Kind, Value};
use super::numeric;

/// Days from 1970-01-01 to 2000-01-01, where Postgres begins to count.
const DAYS: i32 = 10_957;
const MICROSECONDS: i64 = DAYS as i64 * 86_400_000_000;

/// The bytes of one cell, as they are.
#[derive(Debug)]
pub(super) struct Cell<'a>(pub(super) Option<&'a [u8]>);

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

type Decode = fn(&[u8]) -> Option<Value>;

/// What makes values out of the cells of one column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decoder {
    One(Decode),
    Array(Decode),
}

impl Decoder {
    /// Text where the type is not known: the query has it cast.
    pub(super) fn of(kind: &Type) -> Self {
        Self::known(kind).unwrap_or(Self::One(other))
    }

    /// Whether the binary form of a type is known here.
    pub(super) fn knows(kind: &Type) -> bool {
        Self::known(kind).is_some()
    }

    fn known(kind: &Type) -> Option<Self> {
        match kind.kind() {
            TypeKind::Array(element) => one(element).map(Self::Array),
            _ => one(kind).map(Self::One),
        }
    }

    /// The value; none where the bytes are no such value.
    pub(super) fn value(self, cell: Option<&[u8]>) -> Option<Value> {
        match (cell, self) {
            (None, _) => Some(Value::Null),
            (Some(bytes), Self::One(decode)) => decode(bytes),
            (Some(bytes), Self::Array(decode)) => array(bytes, decode),
        }
    }
}

fn one(kind: &Type) -> Option<Decode> {
    if let TypeKind::Domain(inner) = kind.kind() {
        return one(inner);
    }
    if matches!(kind.kind(), TypeKind::Enum(_)) {
        return Some(text);
    }
    Some(match *kind {
        Type::BOOL => |bytes| Some(Value::Bool(fixed::<1>(bytes)?[0] != 0)),
        Type::INT2 => |bytes| Some(Value::Integer(i16::from_be_bytes(fixed(bytes)?).into())),
        Type::INT4 => |bytes| Some(Value::Integer(i32::from_be_bytes(fixed(bytes)?).into())),
        Type::INT8 => |bytes| Some(Value::Integer(i64::from_be_bytes(fixed(bytes)?))),
        Type::OID => |bytes| Some(Value::Integer(u32::from_be_bytes(fixed(bytes)?).into())),
        Type::FLOAT4 => float4,
        Type::FLOAT8 => |bytes| Some(Value::Float(f64::from_be_bytes(fixed(bytes)?))),
        Type::NUMERIC => |bytes| numeric::decimal(bytes).map(Value::Decimal),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => text,
        Type::CHAR => |bytes| Some(Value::text(char::from(fixed::<1>(bytes)?[0]).to_string())),
        Type::BYTEA => |bytes| Some(Value::Binary(bytes.into())),
        Type::DATE => date,
        Type::TIME => |bytes| time(bytes).map(Value::Time),
        Type::TIMETZ => time_with_zone,
        Type::TIMESTAMP => |bytes| moment(bytes).map(Value::Timestamp),
        Type::TIMESTAMPTZ => |bytes| moment(bytes).map(|moment| Value::Instant(moment, None)),
        Type::INTERVAL => interval,
        Type::UUID => |bytes| Some(Value::Uuid(Box::new(fixed(bytes)?))),
        Type::JSON => |bytes| std::str::from_utf8(bytes).ok().map(|text| Value::Json(text.into())),
        // A byte with the version of its form comes first.
        Type::JSONB => |bytes| match bytes.split_first()? {
            (1, rest) => std::str::from_utf8(rest).ok().map(|text| Value::Json(text.into())),
            _ => None,
        },
        Type::XML => |bytes| std::str::from_utf8(bytes).ok().map(|text| Value::Other(text.into())),
        _ => return None,
    })
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn text(bytes: &[u8]) -> Option<Value> {
    std::str::from_utf8(bytes).ok().map(Value::text)
}

fn other(bytes: &[u8]) -> Option<Value> {
    std::str::from_utf8(bytes).ok().map(|text| Value::Other(text.into()))
}

/// Through its shortest decimal form: 0.1 stays 0.1, and is not 0.10000000149011612.
fn float4(bytes: &[u8]) -> Option<Value> {
    let short = f32::from_be_bytes(fixed(bytes)?);
    if short.is_finite() { short.to_string().parse().ok().map(Value::Float) } else { Some(Value::Float(short.into())) }
}

fn date(bytes: &[u8]) -> Option<Value> {
    Some(Value::Date(match i32::from_be_bytes(fixed(bytes)?) {
        i32::MAX => Date::INFINITY,
        i32::MIN => Date::NEGATIVE_INFINITY,
        days => Date::from_days(days.checked_add(DAYS)?),
    }))
}

fn time(bytes: &[u8]) -> Option<TimeOfDay> {
    let microseconds = u64::try_from(i64::from_be_bytes(fixed(bytes)?)).ok()?;
    (microseconds <= 86_400_000_000).then(|| TimeOfDay::from_nanoseconds(microseconds * 1_000))
}

/// The zone comes as seconds west.
fn time_with_zone(bytes: &[u8]) -> Option<Value> {
    let (time_of_day, zone) = bytes.split_at_checked(8)?;
    let west = i32::from_be_bytes(fixed(zone)?);
    Some(Value::TimeWithZone(time(time_of_day)?, west.checked_neg()?))
}

fn moment(bytes: &[u8]) -> Option<Moment> {
    Some(match i64::from_be_bytes(fixed(bytes)?) {
        i64::MAX => Moment::INFINITY,
        i64::MIN => Moment::NEGATIVE_INFINITY,
        // The last years that Postgres has do not fit when counted from 1970.
        microseconds => match microseconds.checked_add(MICROSECONDS) {
            Some(since_1970) => Moment::from_microseconds(since_1970),
            None => Moment::from_microseconds(microseconds).plus_seconds(MICROSECONDS / 1_000_000),
        },
    })
}

fn interval(bytes: &[u8]) -> Option<Value> {
    let (microseconds, rest) = bytes.split_at_checked(8)?;
    let (days, months) = rest.split_at_checked(4)?;
    Some(Value::Interval(Box::new(Interval {
        months: i32::from_be_bytes(fixed(months)?),
        days: i32::from_be_bytes(fixed(days)?),
        nanoseconds: i64::from_be_bytes(fixed(microseconds)?).checked_mul(1_000)?,
    })))
}

/// Number of dimensions, flags, type; of each dimension length and first index; then the elements with their
/// lengths, -1 for null.
fn array(bytes: &[u8], decode: Decode) -> Option<Value> {
    let mut wire = Wire { rest: bytes };
    let dimensions = usize::try_from(wire.number()?).ok().filter(|dimensions| *dimensions <= 6)?;
    wire.number()?;
    wire.number()?;
    let mut lengths = Vec::with_capacity(dimensions);
    for _ in 0..dimensions {
        lengths.push(usize::try_from(wire.number()?).ok()?);
        wire.number()?;
    }
    match lengths.split_first() {
        None => Some(Value::Array(Box::default())),
        Some(_) => elements(&mut wire, &lengths, decode),
    }
}

fn elements(wire: &mut Wire<'_>, lengths: &[usize], decode: Decode) -> Option<Value> {
    let (length, deeper) = lengths.split_first()?;
    // An element takes four bytes at least: a length that can't be true is not reserved.
    let mut items = Vec::with_capacity((*length).min(wire.rest.len() / 4 + 1));
    for _ in 0..*length {
        items.push(if deeper.is_empty() { wire.element(decode)? } else { elements(wire, deeper, decode)? });
    }
    Some(Value::Array(items.into()))
}

struct Wire<'a> {
    rest: &'a [u8],
}

impl Wire<'_> {
    fn number(&mut self) -> Option<i32> {
        let (number, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        fixed(number).map(i32::from_be_bytes)
    }

    fn element(&mut self, decode: Decode) -> Option<Value> {
        match self.number()? {
            -1 => Some(Value::Null),
            length => {
                let (element, rest) = self.rest.split_at_checked(usize::try_from(length).ok()?)?;
                self.rest = rest;
                decode(element)
            }
        }
    }
}

/// A column of a prepared statement.
pub(super) fn column(column: &tokio_postgres::Column) -> Column {
    let (kind, modifier) = (column.type_(), column.type_modifier());
    Column::new(column.name(), kind_of(kind), type_name(kind, modifier))
}

fn kind_of(kind: &Type) -> Kind {
    match kind.kind() {
        TypeKind::Domain(inner) => return kind_of(inner),
        TypeKind::Enum(_) => return Kind::Text,
        TypeKind::Array(element) if one(element).is_some() => return Kind::Array,
        _ => {}
    }
    kind_named(kind.name())
}

/// The kind of a type by the name that Postgres gives it in its catalogue.
pub(super) fn kind_named(name: &str) -> Kind {
    match name {
        "bool" | "boolean" => Kind::Bool,
        "int2" | "int4" | "int8" | "oid" | "smallint" | "integer" | "bigint" => Kind::Integer,
        "float4" | "float8" | "real" | "double precision" => Kind::Float,
        "numeric" => Kind::Decimal,
        "text" | "varchar" | "bpchar" | "name" | "unknown" | "char" | "character varying" | "character"
        | "\"char\"" => Kind::Text,
        "bytea" => Kind::Binary,
        "date" => Kind::Date,
        "time" | "timetz" | "time without time zone" | "time with time zone" => Kind::Time,
        "timestamp" | "timestamp without time zone" => Kind::Timestamp,
        "timestamptz" | "timestamp with time zone" => Kind::Instant,
        "interval" => Kind::Interval,
        "uuid" => Kind::Uuid,
        "json" | "jsonb" => Kind::Json,
        _ if name.ends_with("[]") => Kind::Array,
        _ => Kind::Other,
    }
}

/// The name with its length or precision, as `format_type` of Postgres writes it.
fn type_name(kind: &Type, modifier: i32) -> String {
    let name = kind.name();
    match (*kind == Type::NUMERIC, modifier.checked_sub(4)) {
        (true, Some(packed)) if packed >= 0 => {
            // The scale has eleven bits, and may be below zero since Postgres 15.
            let scale = ((packed & 0x7ff) ^ 1_024) - 1_024;
            format!("numeric({},{scale})", packed >> 16)
        }
        (false, Some(length)) if length >= 0 && [Type::VARCHAR, Type::BPCHAR].contains(kind) => {
            format!("{}({length})", if *kind == Type::VARCHAR { "varchar" } else { "char" })
        }
        _ => name.strip_prefix('_').map_or_else(|| name.to_owned(), |element| format!("{element}[]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_length_is_believed() {
        let lies: [&[u8]; 6] = [
            &[0, 0, 0, 1],
            &[0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 25],
            &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 127, 255, 255, 255, 0, 0, 0, 1],
            &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, b'a'],
            &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 0, 0, 0, 1],
            &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 255, 255, 255, 254],
        ];
        for bytes in lies {
            assert_eq!(array(bytes, text), None, "{bytes:?}");
        }
        for kind in [Type::INT4, Type::FLOAT8, Type::DATE, Type::INTERVAL, Type::UUID, Type::TIMETZ, Type::JSONB] {
            assert_eq!(Decoder::of(&kind).value(Some(&[7; 5])), None, "{kind}");
        }
        assert_eq!(Decoder::of(&Type::TEXT).value(Some(&[0xff])), None, "this is no text");
    }

    #[test]
    fn the_last_years_of_postgres_are_read() {
        let last = 9_223_371_331_199_999_999_i64;
        assert_eq!(moment(&last.to_be_bytes()).unwrap().to_string(), "294276-12-31 23:59:59.999999");
        let first = -211_813_488_000_000_000_i64;
        assert_eq!(moment(&first.to_be_bytes()).unwrap().to_string(), "4714-11-24 00:00:00 BC");
    }

    #[test]
    fn types_are_named_with_their_lengths() {
        for (kind, modifier, name) in [
            (Type::NUMERIC, (38 << 16) + 10 + 4, "numeric(38,10)"),
            (Type::NUMERIC, -1, "numeric"),
            (Type::VARCHAR, 24, "varchar(20)"),
            (Type::BPCHAR, 5, "char(1)"),
            (Type::TEXT, -1, "text"),
            (Type::INT4_ARRAY, -1, "int4[]"),
        ] {
            assert_eq!(type_name(&kind, modifier), name);
        }
    }
}
