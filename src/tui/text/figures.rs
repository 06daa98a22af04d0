//! Figures for people: counts with separators, bytes, rates, durations, ages.
//!
//! No clock: "now" comes in as a value.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];

/// `10 000`: groups of three with a thin gap, which is one cell on a terminal.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// `1 model`, `212 models`.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// `6 312/10 000`.
pub fn count_of(done: u64, total: u64) -> String {
    format!("{}/{}", number(done), number(total))
}

/// Index of the unit that suits a number of bytes.
fn unit_of(value: u64) -> usize {
    let mut unit = 0;
    let mut rest = value;
    while rest >= 1000 && unit + 1 < UNITS.len() {
        rest /= 1000;
        unit += 1;
    }
    unit
}

/// The figure alone: one decimal below ten, none above.
fn in_unit(value: u64, unit: usize) -> String {
    let divisor = 1000_u64.pow(unit as u32);
    let whole = value / divisor;
    if unit == 0 || whole >= 10 {
        return number(whole);
    }
    format!("{whole}.{}", value % divisor / (divisor / 10).max(1))
}

/// `512 B`, `1.2 MB`, `14 MB`: decimal units.
pub fn bytes(value: u64) -> String {
    let unit = unit_of(value);
    format!("{} {}", in_unit(value, unit), UNITS.get(unit).unwrap_or(&"B"))
}

/// `3.1 MB/s`; nothing in the first instant, when a rate would only be noise.
pub fn rate(bytes_done: u64, elapsed_ms: u64) -> Option<String> {
    if elapsed_ms < 200 || bytes_done == 0 {
        return None;
    }
    let per_second = u128::from(bytes_done) * 1000 / u128::from(elapsed_ms);
    Some(format!("{}/s", bytes(u64::try_from(per_second).unwrap_or(u64::MAX))))
}

/// `340 ms`, `2.4 s`, `23 s`, `3 min 20 s`, `1 h 5 min`, `2 d 3 h`: how long something took.
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..10_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => seconds(milliseconds),
    }
}

/// As [`duration`], in whole seconds: for what is still running and must not flicker.
pub fn seconds(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    let large = number(large);
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

/// `just now`, `23 s ago`, `3 min ago`, `5 h ago`, `2 d ago`; the date where it is over 30 days ago.
/// A time in the future (two clocks differ) is `just now`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second());
    match seconds {
        ..10 => "just now".to_owned(),
        10..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..2_592_000 => format!("{} d ago", seconds / 86_400),
        _ => then.strftime("%Y-%m-%d").to_string(),
    }
}

/// `2026-11-23 12:41:11` in the given time zone.
pub fn date_time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
