//! Values as bytes and back: the smallest thing that is quick and refuses what is damaged. Knows no file.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};

/// The bytes are not what was once written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Mappings and lists within each other.
const DEEPEST: u32 = 256;

/// Configurations of nodes, each once: most nodes of a folder share one.
pub(super) type Config = Arc<IndexMap<String, Value>>;

/// Where values are written to.
#[derive(Debug, Default)]
pub(super) struct Writer<'c> {
    pub(super) bytes: Vec<u8>,
    configs: Option<&'c ConfigTable>,
}

impl<'c> Writer<'c> {
    pub(super) fn with_configs(configs: &'c ConfigTable) -> Self {
        Self { bytes: Vec::new(), configs: Some(configs) }
    }

    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn length(&mut self, length: usize) {
        self.number(length as u64);
    }
}

/// Where values are read from.
#[derive(Debug)]
pub(super) struct Reader<'b> {
    rest: &'b [u8],
    configs: &'b [Config],
    depth: u32,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8], configs: &'b [Config]) -> Self {
        Self { rest: bytes, configs, depth: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.rest.split_first().ok_or(Damaged)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    /// How many items follow: never more than there are bytes left.
    fn length(&mut self) -> Result<usize, Damaged> {
        let length = usize::try_from(self.number()?).map_err(|_| Damaged)?;
        if length <= self.rest.len() { Ok(length) } else { Err(Damaged) }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Damaged>) -> Result<T, Damaged> {
        if self.depth >= DEEPEST {
            return Err(Damaged);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }
}

/// What can be written and read again.
pub(super) trait Keep: Sized {
    fn write(&self, to: &mut Writer<'_>);
    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged>;
}

/// A struct, field by field. Its pattern names every field: a new one cannot be forgotten.
macro_rules! keep_struct {
    ($type:path { $($field:ident),* $(,)? }) => {
        impl $crate::dbt::kept::bytes::Keep for $type {
            fn write(&self, to: &mut $crate::dbt::kept::bytes::Writer<'_>) {
                let Self { $($field),* } = self;
                $($crate::dbt::kept::bytes::Keep::write($field, to);)*
            }

            fn read(
                from: &mut $crate::dbt::kept::bytes::Reader<'_>,
            ) -> Result<Self, $crate::dbt::kept::bytes::Damaged> {
                $(let $field = $crate::dbt::kept::bytes::Keep::read(from)?;)*
                Ok(Self { $($field),* })
            }
        }
    };
}
pub(super) use keep_struct;

impl Keep for bool {
    fn write(&self, to: &mut Writer<'_>) {
        to.bytes.push(u8::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damaged),
        }
    }
}

impl Keep for u32 {
    fn write(&self, to: &mut Writer<'_>) {
        to.number(u64::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        Self::try_from(from.number()?).map_err(|_| Damaged)
    }
}

impl Keep for u64 {
    fn write(&self, to: &mut Writer<'_>) {
        to.number(*self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        from.number()
    }
}

impl Keep for usize {
    fn write(&self, to: &mut Writer<'_>) {
        to.number(*self as u64);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        Self::try_from(from.number()?).map_err(|_| Damaged)
    }
}

impl Keep for u128 {
    fn write(&self, to: &mut Writer<'_>) {
        to.bytes.extend_from_slice(&self.to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        let bytes = from.take(16)?;
        bytes.try_into().map(Self::from_le_bytes).map_err(|_| Damaged)
    }
}

impl Keep for String {
    fn write(&self, to: &mut Writer<'_>) {
        to.length(self.len());
        to.bytes.extend_from_slice(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        let length = from.length()?;
        std::str::from_utf8(from.take(length)?).map(str::to_owned).map_err(|_| Damaged)
    }
}

impl<T: Keep> Keep for Option<T> {
    fn write(&self, to: &mut Writer<'_>) {
        self.is_some().write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        if bool::read(from)? { T::read(from).map(Some) } else { Ok(None) }
    }
}

impl<T: Keep> Keep for Vec<T> {
    fn write(&self, to: &mut Writer<'_>) {
        to.length(self.len());
        for item in self {
            item.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        let length = from.length()?;
        let mut items = Self::with_capacity(length.min(1 << 12));
        for _ in 0..length {
            items.push(T::read(from)?);
        }
        Ok(items)
    }
}

impl<A: Keep, B: Keep> Keep for (A, B) {
    fn write(&self, to: &mut Writer<'_>) {
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok((A::read(from)?, B::read(from)?))
    }
}

impl<A: Keep, B: Keep, C: Keep> Keep for (A, B, C) {
    fn write(&self, to: &mut Writer<'_>) {
        self.0.write(to);
        self.1.write(to);
        self.2.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok((A::read(from)?, B::read(from)?, C::read(from)?))
    }
}

impl<T: Keep> Keep for IndexMap<String, T> {
    fn write(&self, to: &mut Writer<'_>) {
        to.length(self.len());
        for (key, value) in self {
            key.write(to);
            value.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        let length = from.length()?;
        let mut map = Self::with_capacity(length.min(1 << 16));
        for _ in 0..length {
            let key = String::read(from)?;
            map.insert(key, T::read(from)?);
        }
        Ok(map)
    }
}

impl Keep for Value {
    fn write(&self, to: &mut Writer<'_>) {
        match self {
            Self::Null => to.bytes.push(0),
            Self::Bool(value) => to.bytes.push(1 + u8::from(*value)),
            Self::Number(number) => write_number(number, to),
            Self::String(text) => {
                to.bytes.push(6);
                text.write(to);
            }
            Self::Array(items) => {
                to.bytes.push(7);
                items.write(to);
            }
            Self::Object(map) => {
                to.bytes.push(8);
                to.length(map.len());
                for (key, value) in map {
                    key.write(to);
                    value.write(to);
                }
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(match from.byte()? {
            0 => Self::Null,
            1 => Self::Bool(false),
            2 => Self::Bool(true),
            3 => Self::Number(from.number()?.into()),
            4 => {
                let magnitude = i64::try_from(from.number()?).map_err(|_| Damaged)?;
                Self::Number((-magnitude - 1).into())
            }
            5 => {
                let bytes = from.take(8)?.try_into().map_err(|_| Damaged)?;
                Self::Number(Number::from_f64(f64::from_le_bytes(bytes)).ok_or(Damaged)?)
            }
            6 => Self::String(String::read(from)?),
            7 => Self::Array(from.deeper(Vec::read)?),
            8 => Self::Object(from.deeper(read_map)?),
            _ => return Err(Damaged),
        })
    }
}

fn read_map(from: &mut Reader<'_>) -> Result<Map<String, Value>, Damaged> {
    let length = from.length()?;
    let mut map = Map::new();
    for _ in 0..length {
        let key = String::read(from)?;
        map.insert(key, Value::read(from)?);
    }
    Ok(map)
}

fn write_number(number: &Number, to: &mut Writer<'_>) {
    if let Some(number) = number.as_u64() {
        to.bytes.push(3);
        to.number(number);
    } else if let Some(number) = number.as_i64() {
        to.bytes.push(4);
        to.number((-(number + 1)) as u64);
    } else {
        to.bytes.push(5);
        to.bytes.extend_from_slice(&number.as_f64().unwrap_or_default().to_le_bytes());
    }
}

impl Keep for Config {
    fn write(&self, to: &mut Writer<'_>) {
        let known = to.configs.and_then(|table| table.places.get(&place(self)).copied());
        to.length(known.map_or(0, |place| place + 1));
        if known.is_none() {
            self.as_ref().write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        match usize::try_from(from.number()?).map_err(|_| Damaged)? {
            0 => IndexMap::read(from).map(Arc::new),
            place => from.configs.get(place - 1).cloned().ok_or(Damaged),
        }
    }
}

/// Where a shared value lies: the same for all that share it, while they live.
fn place(config: &Config) -> usize {
    Arc::as_ptr(config) as usize
}

/// The configurations that several nodes share.
#[derive(Debug, Default)]
pub(super) struct ConfigTable {
    pub(super) all: Vec<Config>,
    places: std::collections::HashMap<usize, usize>,
}

impl ConfigTable {
    pub(super) fn of<'n>(configs: impl IntoIterator<Item = &'n Config>) -> Self {
        let mut table = Self::default();
        for config in configs.into_iter().filter(|config| Arc::strong_count(config) > 1) {
            let next = table.all.len();
            if *table.places.entry(place(config)).or_insert(next) == next {
                table.all.push(Arc::clone(config));
            }
        }
        table
    }
}

#[cfg(test)]
mod tests;
