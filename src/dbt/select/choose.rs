//! From a specification to nodes: each criterion by its method, its neighbours, the tests that come
//! along, and all of it combined.

use super::criterion::{Criterion, Indirect, Reach};
use super::graph::{Graph, Set};
use super::methods::{Finder, is_parsed};
use super::spec::{Group, Part, SelectError, Spec};
use crate::dbt::compare::State;
use crate::dbt::node::Project;

/// What may be selected, and what is kept of it.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// dbt's words for the kinds of nodes that are kept: `model`, `test`, …
    pub resource_types: &'a [&'a str],
    /// What `state:` and `result:` compare with.
    pub state: Option<&'a State>,
    /// Also files without any text, which dbt lists and does not compile.
    pub with_empty: bool,
}

/// Nodes found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// `unique_id`s, sorted.
    pub ids: Vec<String>,
    /// What dbt would warn of: criteria that no node meets.
    pub remarks: Vec<String>,
}

/// The nodes that `spec` means.
pub fn select(project: &Project, spec: &Spec, wanted: &Wanted<'_>) -> Result<Selected, SelectError> {
    let graph = Graph::new(project, wanted.with_empty);
    let finder = Finder::new(project, &graph, wanted.state);
    let mut chooser = Chooser { graph: &graph, finder, remarks: Vec::new() };
    let (direct, _) = chooser.choose(&spec.0)?;
    let kept = direct.iter().filter_map(|number| graph.node(number));
    let kept = kept.filter(|node| wanted.resource_types.contains(&node.kind.resource_type()));
    let mut ids: Vec<String> = kept.map(|node| node.unique_id.clone()).collect();
    ids.sort_unstable();
    Ok(Selected { ids, remarks: chooser.remarks })
}

struct Chooser<'g, 'p> {
    graph: &'g Graph<'p>,
    finder: Finder<'g, 'p>,
    remarks: Vec<String>,
}

/// What is selected, and with it the tests that may be once more of their parents are.
type Found = (Set, Set);

impl Chooser<'_, '_> {
    fn choose(&mut self, part: &Part) -> Result<Found, SelectError> {
        match part {
            Part::One(criterion) => self.one(criterion),
            Part::Union(group) => self.combine(group, Set::union),
            Part::Intersection(group) => self.combine(group, Set::intersection),
            Part::Difference(group) => self.combine(group, Set::difference),
        }
    }

    fn combine(&mut self, group: &Group, with: fn(Set, &Set) -> Set) -> Result<Found, SelectError> {
        let mut all: Option<Found> = None;
        for part in &group.parts {
            let (direct, indirect) = self.choose(part)?;
            let indirect = indirect.union(&direct);
            all = Some(match all {
                Some((above, above_indirect)) => (with(above, &direct), with(above_indirect, &indirect)),
                None => (direct, indirect),
            });
        }
        let (direct, indirect) = all.unwrap_or_default();
        let direct = self.incorporate(direct, &indirect, group.indirect);
        if let (Some(raw), true) = (&group.expected, direct.is_empty()) {
            self.remarks.push(format!("The selection criterion '{raw}' does not match any nodes"));
        }
        Ok((direct, indirect))
    }

    fn one(&self, criterion: &Criterion) -> Result<Found, SelectError> {
        let found = self.finder.find(criterion)?;
        if criterion.indirect == Indirect::Empty {
            return Ok((found, Set::default()));
        }
        let mut selected = found.clone();
        if criterion.childrens_parents {
            let below = self.graph.below(&found, Reach::All).union(&found);
            selected = selected.union(&self.graph.above(&below, Reach::All)).union(&below);
        }
        if let Some(reach) = criterion.parents {
            selected = selected.union(&self.graph.above(&found, reach));
        }
        if let Some(reach) = criterion.children {
            selected = selected.union(&self.graph.below(&found, reach));
        }
        Ok(self.with_tests(selected, criterion.indirect))
    }

    /// Adds the tests of what is selected; those that must wait for more of their parents apart.
    fn with_tests(&self, selected: Set, indirect: Indirect) -> Found {
        let reached = match indirect {
            Indirect::Buildable => {
                self.graph.above(&selected, Reach::All).union(&selected).union(&self.graph.sources())
            }
            Indirect::Eager | Indirect::Cautious | Indirect::Empty => Set::default(),
        };
        let (mut direct, mut waiting) = (selected.clone(), Set::default());
        for test in self.graph.tests_below(&selected).iter() {
            let comes = indirect == Indirect::Eager
                || self.graph.is_covered(test, &selected)
                || indirect == Indirect::Buildable && self.graph.is_covered(test, &reached);
            if comes { direct.insert(test) } else { waiting.insert(test) }
        }
        (direct, waiting)
    }

    /// Once parts are combined, tests whose parents are all there now.
    fn incorporate(&self, direct: Set, indirect: &Set, mode: Indirect) -> Set {
        let reached = match mode {
            Indirect::Eager | Indirect::Empty => return direct,
            Indirect::Cautious => direct.clone(),
            Indirect::Buildable => self.graph.above(&direct, Reach::All).union(&direct),
        };
        let is_parsed = |number: &usize| self.graph.node(*number).is_some_and(|node| is_parsed(node.kind));
        let more = indirect.iter().filter(|number| is_parsed(number) && self.graph.is_covered(*number, &reached));
        let more: Set = more.collect();
        direct.union(&more)
    }
}
