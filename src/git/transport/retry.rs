//! When a server that is busy is asked again, and after how long. Pure.

use std::time::Duration;

/// Times that one question is asked at most.
const MOST_TIMES: u32 = 3;
/// Pause before the second time, where the server names none; each later one is three times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(300);
/// Longest pause that a server may ask for. One that wants more is told of instead of waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The pause before asking for the `asked`th time again, after an answer of this status with this
/// `Retry-After`; `None` where the answer stands.
pub(super) fn pause(status: u16, retry_after: Option<&str>, asked: u32) -> Option<Duration> {
    if !matches!(status, 429 | 502 | 503 | 504) || asked >= MOST_TIMES {
        return None;
    }
    let named = retry_after.map(|text| text.trim().parse().map(Duration::from_secs));
    match named {
        Some(Ok(named)) => (named <= LONGEST_PAUSE).then_some(named),
        // A date: nobody gives one that is only seconds away.
        Some(Err(_)) => None,
        // Too many requests are not mended by more of them.
        None if status == 429 => None,
        None => Some(FIRST_PAUSE * 3u32.pow(asked.saturating_sub(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_servers_are_asked_again_and_others_are_not() {
        let milliseconds = |status, after, asked| pause(status, after, asked).map(|pause| pause.as_millis());
        for (status, after, asked, expected) in [
            (502, None, 1, Some(300)),
            (503, None, 2, Some(900)),
            (504, None, 3, None),
            (503, Some("2"), 1, Some(2000)),
            (503, Some(" 0 "), 2, Some(0)),
            (503, Some("3600"), 1, None),
            (503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), 1, None),
            (429, Some("1"), 1, Some(1000)),
            (429, None, 1, None),
            (500, None, 1, None),
            (403, Some("1"), 1, None),
            (200, None, 1, None),
        ] {
            assert_eq!(milliseconds(status, after, asked), expected, "{status} {after:?} {asked}");
        }
    }
}
