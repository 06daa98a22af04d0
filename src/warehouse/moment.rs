//! Dates, times and intervals as warehouses have them: beyond the years 1 to 9999 that calendars of programs
//! know, with infinities, and to the nanosecond. Plain data; knows no clock and no zone's rules.

use std::fmt::{self, Write as _};

const DAY: i64 = 86_400;

/// Days since 1970-01-01 in the Gregorian calendar, prolonged both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(i32);

impl Date {
    pub const INFINITY: Self = Self(i32::MAX);
    pub const NEGATIVE_INFINITY: Self = Self(i32::MIN);

    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// The date of a text such as `2024-02-29` or `-0044-03-15`, where the year 0 is the one before 1.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut parts = digits.splitn(3, '-');
        let mut number = || parts.next().filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok();
        let (year, month, day): (i64, i64, i64) = (number()?, number()?, number()?);
        let year = if negative { -year } else { year };
        let whole = (1..=12).contains(&month) && (1..=31).contains(&day) && year.abs() < 1_000_000;
        let days = whole.then(|| days_of(year, month, day))?;
        // The thirty-first of a month with thirty days is none.
        (civil(days) == (year, month, day)).then(|| i32::try_from(days).ok().map(Self))?
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::INFINITY => f.write_str("infinity"),
            Self::NEGATIVE_INFINITY => f.write_str("-infinity"),
            Self(days) => {
                let (year, month, day) = civil(i64::from(days));
                // The year before 1 is called 1 BC.
                let (shown, before) = if year < 1 { (1 - year, " BC") } else { (year, "") };
                write!(f, "{shown:04}-{month:02}-{day:02}{before}")
            }
        }
    }
}

/// Year, month and day of a number of days; after Howard Hinnant's `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The number of days of a date; the reverse of [`civil`].
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

/// Nanoseconds since midnight; 24:00 is one of them, as Postgres has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeOfDay(u64);

impl TimeOfDay {
    pub const fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self(nanoseconds)
    }

    /// The time of a text such as `23:59:59.123456`.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let mut parts = whole.split(':').map(|part| {
            let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u64>().ok())?
        });
        let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
        let digits = fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
        if parts.next().is_some() || !digits || minutes > 59 || seconds > 59 || hours > 24 {
            return None;
        }
        let nanoseconds: u64 = format!("{fraction:0<9}").parse().ok()?;
        Some(Self((hours * 3_600 + minutes * 60 + seconds) * 1_000_000_000 + nanoseconds))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1_000_000_000;
        clock(f, seconds)?;
        fraction(f, (self.0 % 1_000_000_000) as u32)
    }
}

fn clock(f: &mut fmt::Formatter<'_>, seconds: u64) -> fmt::Result {
    write!(f, "{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A point and the digits that are not zero at the end; nothing for a whole second.
fn fraction(f: &mut fmt::Formatter<'_>, nanoseconds: u32) -> fmt::Result {
    if nanoseconds == 0 {
        return Ok(());
    }
    let digits = format!("{nanoseconds:09}");
    f.write_char('.')?;
    f.write_str(digits.trim_end_matches('0'))
}

/// Seconds since 1970-01-01 00:00, and nanoseconds after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment {
    seconds: i64,
    nanoseconds: u32,
}

impl Moment {
    pub const INFINITY: Self = Self { seconds: i64::MAX, nanoseconds: 0 };
    pub const NEGATIVE_INFINITY: Self = Self { seconds: i64::MIN, nanoseconds: 0 };

    /// `nanoseconds` count forwards, before 1970 as well.
    pub const fn new(seconds: i64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds }
    }

    pub const fn from_microseconds(microseconds: i64) -> Self {
        let nanoseconds = (microseconds.rem_euclid(1_000_000) * 1_000) as u32;
        Self { seconds: microseconds.div_euclid(1_000_000), nanoseconds }
    }

    /// A date and a time of day.
    pub fn at(date: Date, time: TimeOfDay) -> Self {
        match date {
            Date::INFINITY => Self::INFINITY,
            Date::NEGATIVE_INFINITY => Self::NEGATIVE_INFINITY,
            Date(days) => Self {
                seconds: i64::from(days) * DAY + (time.0 / 1_000_000_000) as i64,
                nanoseconds: (time.0 % 1_000_000_000) as u32,
            },
        }
    }

    /// The moment of a text such as `2024-02-29 12:00:00.5` or with a `T` between.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
        Some(Self::at(Date::parse(date)?, TimeOfDay::parse(time)?))
    }

    pub fn is_finite(self) -> bool {
        self != Self::INFINITY && self != Self::NEGATIVE_INFINITY
    }

    /// Later by `seconds`; an infinity stays one.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        if self.is_finite() { Self { seconds: self.seconds.saturating_add(seconds), ..self } } else { self }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::INFINITY => f.write_str("infinity"),
            Self::NEGATIVE_INFINITY => f.write_str("-infinity"),
            Self { seconds, nanoseconds } => {
                let (year, month, day) = civil(seconds.div_euclid(DAY));
                let (shown, before) = if year < 1 { (1 - year, " BC") } else { (year, "") };
                write!(f, "{shown:04}-{month:02}-{day:02} ")?;
                clock(f, seconds.rem_euclid(DAY) as u64)?;
                fraction(f, nanoseconds)?;
                f.write_str(before)
            }
        }
    }
}

/// Months, days and a time, which are not to be turned into each other: a month has no fixed length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
    pub nanoseconds: i64,
}

/// As ISO 8601 writes it: `P1Y2M3DT4H5M6.5S`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (years, months) = (self.months / 12, self.months % 12);
        f.write_char('P')?;
        for (number, letter) in [(years, 'Y'), (months, 'M'), (self.days, 'D')] {
            if number != 0 {
                write!(f, "{number}{letter}")?;
            }
        }
        if self.nanoseconds == 0 {
            return if (self.months, self.days) == (0, 0) { f.write_str("T0S") } else { Ok(()) };
        }
        f.write_char('T')?;
        let (sign, all) = (if self.nanoseconds < 0 { "-" } else { "" }, self.nanoseconds.unsigned_abs());
        let (hours, minutes) = (all / 3_600_000_000_000, all / 60_000_000_000 % 60);
        let (seconds, rest) = (all / 1_000_000_000 % 60, (all % 1_000_000_000) as u32);
        for (number, letter) in [(hours, 'H'), (minutes, 'M')] {
            if number != 0 {
                write!(f, "{sign}{number}{letter}")?;
            }
        }
        if seconds != 0 || rest != 0 {
            write!(f, "{sign}{seconds}")?;
            fraction(f, rest)?;
            f.write_char('S')?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_both_ways() {
        for (days, written) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (19_782, "2024-02-29"),
            (-719_162, "0001-01-01"),
            (-719_163, "0001-12-31 BC"),
            (2_932_896, "9999-12-31"),
            (106_751_991, "294247-01-10"),
        ] {
            assert_eq!(Date::from_days(days).to_string(), written);
        }
        for text in ["1970-01-01", "2024-02-29", "1900-02-28", "0001-01-01", "9999-12-31"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Date::parse("-0043-03-15").unwrap().to_string(), "0044-03-15 BC");
        assert_eq!(Date::INFINITY.to_string(), "infinity");
        for text in ["", "2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-1", "x-y-z", "99999999-01-01"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_keep_their_digits() {
        for text in ["00:00:00", "23:59:59.999999999", "12:30:00.5", "24:00:00", "01:02:03.000001"] {
            assert_eq!(TimeOfDay::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(TimeOfDay::parse("7:05").unwrap().to_string(), "07:05:00");
        for text in ["", "25:00", "12:60", "12:00:60", "12", "1:2:3:4", "12:00:00.1234567890", "-1:00"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moments_before_1970_count_forwards() {
        assert_eq!(Moment::from_microseconds(-1).to_string(), "1969-12-31 23:59:59.999999");
        assert_eq!(Moment::from_microseconds(1).to_string(), "1970-01-01 00:00:00.000001");
        for text in ["2024-02-29 12:34:56.123456", "1969-07-20 20:17:40", "0001-01-01 00:00:00.000000001"] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Moment::parse("2024-01-01T10:00").unwrap().to_string(), "2024-01-01 10:00:00");
        assert_eq!(Moment::parse("2024-01-01").unwrap().to_string(), "2024-01-01 00:00:00");
        assert_eq!(Moment::INFINITY.plus_seconds(1), Moment::INFINITY);
        assert_eq!(Moment::at(Date::NEGATIVE_INFINITY, TimeOfDay::from_nanoseconds(5)), Moment::NEGATIVE_INFINITY);
    }

    #[test]
    fn intervals_are_written_as_iso_does() {
        let hour = 3_600_000_000_000;
        for (months, days, nanoseconds, written) in [
            (0, 0, 0, "PT0S"),
            (14, 3, hour + 90_500_000_000, "P1Y2M3DT1H1M30.5S"),
            (-14, -3, -hour, "P-1Y-2M-3DT-1H"),
            (0, 1, 0, "P1D"),
            (0, 0, -1_000, "PT-0.000001S"),
            (12, 0, 60_000_000_000, "P1YT1M"),
        ] {
            assert_eq!(Interval { months, days, nanoseconds }.to_string(), written);
        }
    }
}
