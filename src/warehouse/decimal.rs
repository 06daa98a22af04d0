//! Decimal numbers, exact to the last digit and with the scale that the warehouse gave: `1.50` stays `1.50`.
//! Plain data; does no arithmetic but comparing and writing.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use num_bigint::BigInt;
use num_traits::Signed;

/// Most digits behind the point that are taken; Postgres has 16,383.
const MOST_SCALE: usize = 16_383;
/// Most digits in all; Postgres has 131,072 before the point.
const MOST_DIGITS: usize = 150_000;

/// A decimal number, or one of the three values that Postgres has beside them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    /// `digits / 10^scale`; every number that fits is in this form.
    Small {
        digits: i64,
        scale: u16,
    },
    Large(Box<(BigInt, u16)>),
    NotANumber,
    Infinity,
    NegativeInfinity,
}

impl Decimal {
    pub const NOT_A_NUMBER: Self = Self(Form::NotANumber);
    pub const INFINITY: Self = Self(Form::Infinity);
    pub const NEGATIVE_INFINITY: Self = Self(Form::NegativeInfinity);

    /// `digits / 10^scale`.
    pub fn new(digits: impl Into<BigInt>, scale: u16) -> Self {
        let digits = digits.into();
        match i64::try_from(&digits) {
            Ok(digits) => Self(Form::Small { digits, scale }),
            Err(_) => Self(Form::Large(Box::new((digits, scale)))),
        }
    }

    /// As [`Decimal::new`] without the detour through a big integer.
    pub const fn small(digits: i64, scale: u16) -> Self {
        Self(Form::Small { digits, scale })
    }

    /// Whether it is a number, and not one of the three other values.
    pub const fn is_finite(&self) -> bool {
        matches!(self.0, Form::Small { .. } | Form::Large(_))
    }

    /// Digits and scale of a number.
    fn parts(&self) -> Option<(BigInt, u16)> {
        match &self.0 {
            Form::Small { digits, scale } => Some((BigInt::from(*digits), *scale)),
            Form::Large(large) => Some((**large).clone()),
            Form::NotANumber | Form::Infinity | Form::NegativeInfinity => None,
        }
    }

    /// Which is the larger number, whatever their scales; not a number is above all, as Postgres has it.
    pub fn compare(&self, other: &Self) -> Ordering {
        if let (Some((left, left_scale)), Some((right, right_scale))) = (self.parts(), other.parts()) {
            let scale = left_scale.max(right_scale);
            let grown = |digits: BigInt, from: u16| digits * BigInt::from(10).pow(u32::from(scale - from));
            return grown(left, left_scale).cmp(&grown(right, right_scale));
        }
        self.rank().cmp(&other.rank())
    }

    const fn rank(&self) -> u8 {
        match self.0 {
            Form::NegativeInfinity => 0,
            Form::Small { .. } | Form::Large(_) => 1,
            Form::Infinity => 2,
            Form::NotANumber => 3,
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::NotANumber => f.write_str("NaN"),
            Form::Infinity => f.write_str("Infinity"),
            Form::NegativeInfinity => f.write_str("-Infinity"),
            Form::Small { digits, scale } => {
                pointed(f, *digits < 0, &digits.unsigned_abs().to_string(), usize::from(*scale))
            }
            Form::Large(large) => {
                pointed(f, large.0.is_negative(), &large.0.magnitude().to_string(), usize::from(large.1))
            }
        }
    }
}

fn pointed(f: &mut fmt::Formatter<'_>, negative: bool, digits: &str, scale: usize) -> fmt::Result {
    if negative {
        f.write_str("-")?;
    }
    match digits.len().checked_sub(scale) {
        _ if scale == 0 => f.write_str(digits),
        Some(before) if before > 0 => {
            let (whole, fraction) = digits.split_at(before);
            write!(f, "{whole}.{fraction}")
        }
        _ => write!(f, "0.{digits:0>scale$}"),
    }
}

/// A text that is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a decimal number")]
pub struct NotDecimal;

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Reads `-12.50`, `1.5e-3`, `NaN`, `Infinity`.
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "nan" => return Ok(Self::NOT_A_NUMBER),
            "infinity" | "inf" | "+infinity" => return Ok(Self::INFINITY),
            "-infinity" | "-inf" => return Ok(Self::NEGATIVE_INFINITY),
            _ => {}
        }
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| NotDecimal)?),
            None => (text, 0),
        };
        let (negative, number) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let mut digits = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.len() > MOST_DIGITS {
            return Err(NotDecimal);
        }
        let scale = i64::try_from(fraction.len()).map_err(|_| NotDecimal)? - i64::from(exponent);
        let scale = if scale < 0 {
            let zeros = usize::try_from(-scale).map_err(|_| NotDecimal)?;
            if digits.len() + zeros > MOST_DIGITS {
                return Err(NotDecimal);
            }
            digits.extend(std::iter::repeat_n('0', zeros));
            0
        } else {
            usize::try_from(scale).map_err(|_| NotDecimal)?
        };
        let scale = u16::try_from(scale).ok().filter(|scale| usize::from(*scale) <= MOST_SCALE).ok_or(NotDecimal)?;
        let magnitude = digits.parse::<BigInt>().map_err(|_| NotDecimal)?;
        Ok(Self::new(if negative { -magnitude } else { magnitude }, scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_scale_come_out_as_they_went_in() {
        let long = "12345678901234567890123456789012345678";
        for text in [
            "0",
            "0.00",
            "-0.5",
            "1.50",
            "100",
            "99999999999999999999.99999999999999999999",
            long,
            "NaN",
            "Infinity",
            "-Infinity",
            "-0.000000000000000000000000000000000000001",
            "9223372036854775807",
            "-9223372036854775809",
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
        assert_eq!(format!("0.{long}").parse::<Decimal>().unwrap().to_string(), format!("0.{long}"));
    }

    #[test]
    fn other_ways_of_writing_are_understood() {
        for (text, written) in [
            (" +1.5 ", "1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.5e3", "1500"),
            ("15E-4", "0.0015"),
            ("1e0", "1"),
            ("inf", "Infinity"),
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_too_long_is_refused() {
        for text in ["", "-", ".", "1.2.3", "1,5", "0x10", "1e", "1e999999999", "1e-99999", "one", "--1"] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }

    #[test]
    fn numbers_are_compared_whatever_their_scale() {
        let order = ["-Infinity", "-10.0", "-1.5", "0", "0.10", "0.2", "99999999999999999999", "Infinity", "NaN"];
        let order = order.map(|text| text.parse::<Decimal>().unwrap());
        for (index, left) in order.iter().enumerate() {
            for (other, right) in order.iter().enumerate() {
                assert_eq!(left.compare(right), index.cmp(&other), "{left} {right}");
            }
        }
        let equal = |a: &str, b: &str| a.parse::<Decimal>().unwrap().compare(&b.parse().unwrap()).is_eq();
        assert!(equal("1.50", "1.5") && equal("0", "0.000"));
    }

    #[test]
    fn a_number_has_one_form() {
        assert_eq!(Decimal::new(BigInt::from(15), 1), Decimal::small(15, 1));
        assert!(Decimal::small(15, 1).is_finite() && !Decimal::NOT_A_NUMBER.is_finite());
    }
}
