//! A value that is asked of the engine: never loaded, loading, loaded, or failed, with the old value
//! kept while a newer one is on its way.

use jiff::Timestamp;

use crate::problem::Problem;
use crate::tui::effect::Generation;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched<T> {
    value: Option<T>,
    loaded_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
    generation: Generation,
    problem: Option<Box<Problem>>,
}

/// What there is to show where a value should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown<'a, T> {
    NeverLoaded,
    LoadingSince(Timestamp),
    /// The newest value. `problem` says why there is no newer one.
    Value(&'a T, Option<&'a Problem>),
    Failed(&'a Problem),
}

impl<T> Default for Fetched<T> {
    fn default() -> Self {
        Self { value: None, loaded_at: None, asked_at: None, generation: Generation(0), problem: None }
    }
}

impl<T> Fetched<T> {
    /// Notes that the value is being asked for; answers to earlier askings come too late now.
    pub fn ask(&mut self, now: Timestamp) -> Generation {
        self.generation.0 += 1;
        self.asked_at = Some(now);
        self.generation
    }

    /// As [`Fetched::ask`], with a number above another one: for values of which there are many.
    pub fn ask_above(&mut self, other: Generation, now: Timestamp) -> Generation {
        self.generation = self.generation.max(other);
        self.ask(now)
    }

    /// Takes an answer; false when it came too late.
    pub fn answer(&mut self, generation: Generation, value: T, now: Timestamp) -> bool {
        let wanted = generation == self.generation && self.asked_at.is_some();
        if wanted {
            *self = Self { value: Some(value), loaded_at: Some(now), generation, ..Self::default() };
        }
        wanted
    }

    /// Takes the news that there is no answer; the old value stays. False when it came too late.
    pub fn fail(&mut self, generation: Generation, problem: Box<Problem>) -> bool {
        let wanted = generation == self.generation && self.asked_at.is_some();
        if wanted {
            (self.asked_at, self.problem) = (None, Some(problem));
        }
        wanted
    }

    /// Forgets the value: what was asked for is another thing now. A late answer is dropped.
    pub fn clear(&mut self) {
        *self = Self { generation: self.generation, ..Self::default() };
    }

    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    pub fn value_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    pub fn loaded_at(&self) -> Option<Timestamp> {
        self.loaded_at
    }

    pub fn is_loading(&self) -> bool {
        self.asked_at.is_some()
    }

    pub fn shown(&self) -> Shown<'_, T> {
        match (&self.value, &self.problem, self.asked_at) {
            (Some(value), problem, _) => Shown::Value(value, problem.as_deref()),
            (None, _, Some(since)) => Shown::LoadingSince(since),
            (None, Some(problem), None) => Shown::Failed(problem),
            (None, None, None) => Shown::NeverLoaded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Code, Subject};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn failure() -> Box<Problem> {
        Box::new(Problem::new(Code::new("STORE-BUSY"), Subject::Store, "busy"))
    }

    #[test]
    fn nothing_was_asked_at_first() {
        assert_eq!(Fetched::<u8>::default().shown(), Shown::NeverLoaded);
    }

    #[test]
    fn an_answer_replaces_the_waiting() {
        let mut fetched = Fetched::default();
        let generation = fetched.ask(at(1));
        assert_eq!(fetched.shown(), Shown::LoadingSince(at(1)));
        assert!(fetched.answer(generation, 7, at(2)));
        assert_eq!(
            (fetched.shown(), fetched.loaded_at(), fetched.is_loading()),
            (Shown::Value(&7, None), Some(at(2)), false)
        );
    }

    #[test]
    fn a_late_answer_is_dropped() {
        let mut fetched = Fetched::default();
        let late = fetched.ask(at(1));
        let current = fetched.ask(at(2));
        assert!(!fetched.answer(late, 1, at(3)) && !fetched.fail(late, failure()));
        assert!(fetched.answer(current, 2, at(3)));
        assert!(!fetched.answer(current, 3, at(4)), "one answer an asking");
    }

    #[test]
    fn the_old_value_stays_while_a_new_one_is_asked_and_after_a_failure() {
        let mut fetched = Fetched::default();
        let generation = fetched.ask(at(1));
        fetched.answer(generation, 7, at(2));
        let generation = fetched.ask(at(3));
        assert_eq!(fetched.shown(), Shown::Value(&7, None));
        fetched.fail(generation, failure());
        assert_eq!(fetched.shown(), Shown::Value(&7, Some(&*failure())));
    }

    #[test]
    fn a_failure_without_a_value_is_shown() {
        let mut fetched = Fetched::<u8>::default();
        let generation = fetched.ask(at(1));
        fetched.fail(generation, failure());
        assert_eq!(fetched.shown(), Shown::Failed(&failure()));
    }

    #[test]
    fn clearing_forgets_value_and_waiting() {
        let mut fetched = Fetched::default();
        let generation = fetched.ask(at(1));
        fetched.clear();
        assert!(!fetched.answer(generation, 7, at(2)));
        assert_eq!(fetched.shown(), Shown::NeverLoaded);
    }
}
