//! The one line above the footer: what just happened.

/// How a toast is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Done,
    Note,
    Failed,
}

/// A line that goes away by itself, or, for a failure, when it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub tone: Tone,
    /// Milliseconds on the screen's clock.
    pub since: u64,
}

impl Toast {
    /// Milliseconds that a toast stays.
    pub const STAYS: u64 = 4_000;

    /// When it goes away by itself.
    pub fn until(&self) -> Option<u64> {
        match self.tone {
            Tone::Done | Tone::Note => Some(self.since + Self::STAYS),
            Tone::Failed => None,
        }
    }

    /// A key pressed this long after a failure appeared means that it was seen.
    pub fn seen_by_key(&self, now: u64) -> bool {
        self.tone == Tone::Failed && now >= self.since + 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toast(tone: Tone) -> Toast {
        Toast { text: "synced".to_owned(), tone, since: 100 }
    }

    #[test]
    fn good_news_goes_away_by_itself() {
        assert_eq!(toast(Tone::Done).until(), Some(100 + Toast::STAYS));
        assert!(!toast(Tone::Note).seen_by_key(9_000));
    }

    #[test]
    fn a_failure_stays_until_it_was_seen() {
        assert_eq!(toast(Tone::Failed).until(), None);
        assert!(!toast(Tone::Failed).seen_by_key(500));
        assert!(toast(Tone::Failed).seen_by_key(1_100));
    }
}
