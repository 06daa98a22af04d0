//! Where a person has been, for back and forward.

use super::Tab;
use crate::tui::layout::Focus;

/// A pane, which part of it had the focus, and the id of what was shown in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub tab: Tab,
    pub focus: Focus,
    pub id: Option<String>,
}

/// Places left behind, and places come back from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    behind: Vec<Place>,
    ahead: Vec<Place>,
}

impl Trail {
    const LONGEST: usize = 100;

    /// Notes the place that is being left for another one.
    pub fn leave(&mut self, place: Place) {
        self.ahead.clear();
        if self.behind.last() == Some(&place) {
            return;
        }
        self.behind.push(place);
        if self.behind.len() > Self::LONGEST {
            self.behind.remove(0);
        }
    }

    /// The place to go back to from `here`.
    pub fn back(&mut self, here: Place) -> Option<Place> {
        let place = self.behind.pop()?;
        self.ahead.push(here);
        Some(place)
    }

    /// The place to go forward to from `here`.
    pub fn forward(&mut self, here: Place) -> Option<Place> {
        let place = self.ahead.pop()?;
        self.behind.push(here);
        Some(place)
    }

    pub fn can_go_back(&self) -> bool {
        !self.behind.is_empty()
    }

    pub fn can_go_forward(&self) -> bool {
        !self.ahead.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: &str) -> Place {
        Place { tab: Tab::Models, focus: Focus::List, id: Some(id.to_owned()) }
    }

    #[test]
    fn back_and_forward_lead_to_where_one_was() {
        let mut trail = Trail::default();
        trail.leave(place("a"));
        trail.leave(place("b"));
        assert_eq!(trail.back(place("c")), Some(place("b")));
        assert_eq!(trail.back(place("b")), Some(place("a")));
        assert_eq!(trail.back(place("a")), None);
        assert_eq!(trail.forward(place("a")), Some(place("b")));
        assert_eq!(trail.forward(place("b")), Some(place("c")));
        assert!(!trail.can_go_forward() && trail.can_go_back());
    }

    #[test]
    fn a_new_way_forgets_the_way_forward() {
        let mut trail = Trail::default();
        trail.leave(place("a"));
        trail.back(place("b"));
        trail.leave(place("a"));
        assert!(!trail.can_go_forward());
    }

    #[test]
    fn the_trail_is_bounded_and_has_no_steps_on_the_spot() {
        let mut trail = Trail::default();
        for number in 0..500 {
            trail.leave(place(&number.to_string()));
            trail.leave(place(&number.to_string()));
        }
        assert_eq!(trail.behind.len(), Trail::LONGEST);
    }
}
