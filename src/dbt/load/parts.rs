//! Which files of a kept project are to be made anew: those that changed, and those whose outcome hangs on what
//! they define. Reads nothing itself.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::homes::{Home, Homes};
use super::macros::YamlPath;
use super::setup::Setup;
use crate::dbt::context::{Look, Mark};
use crate::dbt::kept::Kept;
use crate::dbt::node::{Node, NodeKind};
use crate::dbt::parse::{Draft, NodePaths, Patch, Properties};
use crate::dbt::problems::codes;
use crate::jinja::{QuickMap, QuickSet};
use crate::problem::{Code, Problem, Subject};

/// What was read of a YAML file, and what is wrong with it.
type ReadYaml = (Properties, Vec<Problem>);

pub(super) struct Parts<'a> {
    kept: &'a Kept,
    setup: &'a Setup,
    homes: Homes<'a>,
    /// Where each kept node is defined, in the nodes' order.
    places: Vec<Home>,
    /// Files that hold nodes, by their names without folder and ending.
    stems: QuickMap<&'a str, Vec<usize>>,
    /// Files whose nodes are made anew.
    nodes: BTreeSet<usize>,
    /// YAML files of which everything is made anew.
    yaml: BTreeSet<usize>,
    /// YAML files that are read for what they say of nodes in `nodes`, and for nothing else.
    consulted: BTreeSet<usize>,
    /// Paths that changed and hold no node now.
    gone: HashSet<String>,
    read: HashMap<usize, ReadYaml>,
}

/// What is left of the parts once they are settled.
pub(super) struct Settled {
    /// Kept nodes that something new stands for, or nothing.
    pub(super) replaced: QuickSet<String>,
    /// Paths of which the kept problems, looks and groups are no longer true.
    pub(super) paths: QuickSet<String>,
    /// The same for YAML files, as `package://path`.
    pub(super) patch_paths: QuickSet<String>,
}

impl<'a> Parts<'a> {
    /// The files that changed or looked at one of `marks`; those with problems that looked at one of `moved`.
    pub(super) fn new(
        kept: &'a Kept,
        setup: &'a Setup,
        changed: &[String],
        marks: &HashSet<Mark>,
        moved: &HashSet<Mark>,
    ) -> Self {
        let homes = Homes::new(setup);
        let mut parts = Self {
            kept,
            setup,
            places: kept.project.nodes.values().map(|node| homes.of(node)).collect(),
            homes,
            stems: QuickMap::default(),
            nodes: BTreeSet::new(),
            yaml: BTreeSet::new(),
            consulted: BTreeSet::new(),
            gone: HashSet::new(),
            read: HashMap::new(),
        };
        for (index, one) in setup.node_paths.iter().enumerate() {
            parts.stems.entry(one.file.stem()).or_default().push(index);
        }
        let with_problems: HashSet<&str> = kept.problems.iter().filter_map(path_of).collect();
        let mut dirty: HashSet<&str> = changed.iter().map(String::as_str).collect();
        for file in &kept.files {
            let is_moved = || with_problems.contains(file.path.as_str()) && file.uses.has_any(moved);
            if file.uses.has_any(marks) || is_moved() {
                dirty.insert(&file.path);
            }
        }
        parts.add_paths(&dirty);
        parts.gone = changed.iter().filter(|path| !parts.holds(path)).cloned().collect();
        if parts.len() > 0 || !parts.gone.is_empty() {
            // Who looks at the whole graph looks at whatever has changed.
            let graph = HashSet::from([Look::Name("graph").mark()]);
            let looking = kept.files.iter().filter(|file| file.uses.has_any(&graph));
            parts.add_paths(&looking.map(|file| file.path.as_str()).collect());
        }
        parts
    }

    fn add_paths(&mut self, paths: &HashSet<&str>) {
        let is_meant = |path: &str| paths.contains(path);
        let nodes = self.setup.node_paths.iter().enumerate();
        self.nodes.extend(nodes.filter(|(_, one)| is_meant(&one.file.path)).map(|(index, _)| index));
        let yaml = self.setup.yaml_paths.iter().enumerate();
        self.yaml.extend(yaml.filter(|(_, (_, file))| is_meant(&file.path)).map(|(index, _)| index));
    }

    fn holds(&self, path: &str) -> bool {
        self.node_files().any(|one| one.file.path == path) || self.yaml_files().any(|(_, file)| file.path == path)
    }

    /// How many files are made anew.
    pub(super) fn len(&self) -> usize {
        self.nodes.len() + self.yaml.len()
    }

    /// Whether it is as good to load everything.
    pub(super) fn is_most(&self) -> bool {
        self.len() > 64 && self.len() * 3 > self.setup.node_paths.len() + self.setup.yaml_paths.len()
    }

    pub(super) fn node_files(&self) -> impl Iterator<Item = &'a NodePaths> {
        self.nodes.iter().filter_map(|index| self.setup.node_paths.get(*index))
    }

    fn yaml_files(&self) -> impl Iterator<Item = &'a YamlPath> {
        self.yaml.iter().filter_map(|index| self.setup.yaml_paths.get(*index))
    }

    /// Every kept node with its home.
    fn kept_nodes(&self) -> impl Iterator<Item = (Home, &'a Arc<Node>)> {
        self.places.iter().copied().zip(self.kept.project.nodes.values())
    }

    fn is_replaced(&self, home: Home) -> bool {
        match home {
            Home::File(index) => self.nodes.contains(&index),
            Home::Yaml(index) => self.yaml.contains(&index),
            // Hooks are few and made anew each time.
            Home::Settings | Home::Gone => true,
        }
    }

    /// Adds what belongs together by name: a node with what describes it, and what else has its name. `read` reads
    /// YAML files that are not read yet.
    pub(super) fn grow(&mut self, mut read: impl FnMut(&[YamlPath]) -> Vec<ReadYaml>) {
        loop {
            let before = (self.nodes.len(), self.yaml.len(), self.consulted.len());
            self.read_missing(&mut read);
            let names = self.names();
            self.add_named(&names);
            self.add_descriptions(&names);
            self.read_missing(&mut read);
            self.promote(&names);
            if before == (self.nodes.len(), self.yaml.len(), self.consulted.len()) {
                return;
            }
        }
    }

    fn read_missing(&mut self, read: &mut impl FnMut(&[YamlPath]) -> Vec<ReadYaml>) {
        let missing: Vec<usize> =
            self.yaml.union(&self.consulted).filter(|index| !self.read.contains_key(index)).copied().collect();
        if missing.is_empty() {
            return;
        }
        let paths: Vec<YamlPath> =
            missing.iter().filter_map(|index| self.setup.yaml_paths.get(*index)).cloned().collect();
        self.read.extend(missing.into_iter().zip(read(&paths)));
    }

    /// The names of all nodes that are made anew or described anew.
    fn names(&self) -> QuickSet<String> {
        let mut names: QuickSet<String> = self.node_files().map(|one| one.file.stem().to_owned()).collect();
        for (home, node) in self.kept_nodes() {
            if matches!(home, Home::File(_) | Home::Gone) && self.is_replaced(home) {
                names.insert(node.name.clone());
            }
        }
        for index in &self.yaml {
            for patch in self.read.get(index).map(|(found, _)| found.patches.as_slice()).unwrap_or_default() {
                names.extend(patch.file_names());
            }
        }
        names
    }

    fn add_named(&mut self, names: &QuickSet<String>) {
        for name in names {
            self.nodes.extend(self.stems.get(name.as_str()).into_iter().flatten());
        }
        let patch_paths = self.patch_paths();
        for (home, node) in self.places.iter().zip(self.kept.project.nodes.values()) {
            let Home::File(index) = *home else { continue };
            // Described by a file that is made anew, or was described by one that is gone.
            let is_described = node.patch_path.as_ref().is_some_and(|path| {
                let is_there =
                    || path.split_once("://").is_some_and(|(package, path)| self.homes.yaml(package, path).is_some());
                patch_paths.contains(path) || !is_there()
            });
            if is_described || names.contains(&node.name) {
                self.nodes.insert(index);
            }
        }
    }

    fn patch_paths(&self) -> QuickSet<String> {
        self.yaml_files().map(|(package, file)| format!("{package}://{}", file.original())).collect()
    }

    /// The YAML files that describe the nodes.
    fn add_descriptions(&mut self, names: &QuickSet<String>) {
        let mut known = QuickSet::default();
        for (home, node) in self.places.iter().copied().zip(self.kept.project.nodes.values()) {
            if let Home::File(index) = home {
                known.insert(index);
            }
            let is_replaced = match home {
                Home::File(index) => self.nodes.contains(&index),
                Home::Gone => true,
                Home::Yaml(_) | Home::Settings => continue,
            };
            if !is_replaced && !names.contains(&node.name) {
                continue;
            }
            let Some((package, path)) = node.patch_path.as_ref().and_then(|path| path.split_once("://")) else {
                continue;
            };
            let Some(index) = self.homes.yaml(package, path) else { continue };
            if home == Home::Gone || node.version.is_some() {
                self.yaml.insert(index);
            } else {
                self.consulted.insert(index);
            }
        }
        if self.nodes.iter().any(|index| !known.contains(index)) {
            // A new file may be what a description had looked for in vain.
            let paths = self.paths_of_problems(&[codes::PATCH_UNMATCHED]);
            self.add_paths(&paths.iter().map(String::as_str).collect());
        }
    }

    fn paths_of_problems(&self, wanted: &[Code]) -> HashSet<String> {
        let found = self.kept.problems.iter().filter(|problem| wanted.contains(&problem.code));
        found.filter_map(path_of).map(str::to_owned).collect()
    }

    /// Makes whole what can't be consulted alone: descriptions of versions, and those that went astray.
    fn promote(&mut self, names: &QuickSet<String>) {
        let astray = self.paths_of_problems(&[codes::PATCH_UNMATCHED]);
        let consulted = self.consulted.iter().filter(|index| {
            let is_astray = self.setup.yaml_paths.get(**index).is_some_and(|(_, file)| astray.contains(&file.path));
            let patches = self.read.get(index).map(|(found, _)| found.patches.as_slice()).unwrap_or_default();
            let is_versioned =
                |patch: &Patch| !patch.versions.is_empty() && patch.file_names().any(|name| names.contains(&name));
            is_astray || patches.iter().any(is_versioned)
        });
        let whole: Vec<usize> = consulted.copied().collect();
        self.yaml.extend(whole);
        self.consulted.retain(|index| !self.yaml.contains(index));
    }

    /// What the YAML files say, in dbt's order, and what is wrong with those that are read as a whole.
    pub(super) fn properties(&self) -> (Vec<Properties>, Vec<Problem>) {
        let names = self.names();
        let (mut all, mut problems) = (Vec::new(), Vec::new());
        for index in self.yaml.union(&self.consulted) {
            let Some((found, wrong)) = self.read.get(index) else { continue };
            if self.yaml.contains(index) {
                all.push(found.clone());
                problems.extend(wrong.iter().cloned());
            } else {
                all.push(found.patches_alone(|name| names.contains(name)));
            }
        }
        (all, problems)
    }

    /// Names of the nodes that stay, for whoever looks for a near one.
    pub(super) fn other_names(&self) -> Vec<String> {
        let stays = |home: Home| matches!(home, Home::File(_)) && !self.is_replaced(home);
        self.kept_nodes().filter(|(home, _)| stays(*home)).map(|(_, node)| node.name.clone()).collect()
    }

    /// Adds the files of what looks at nodes that are now others than they were. True when there are none; nothing
    /// where parts can't be told from the whole.
    pub(super) fn take_effects(&mut self, drafts: &[Draft]) -> Option<bool> {
        let mut new: QuickMap<&str, &Node> = QuickMap::default();
        for draft in drafts {
            if is_semantic(draft.node.kind) || new.insert(&draft.node.unique_id, &draft.node).is_some() {
                return None;
            }
        }
        let effects = self.effects(&new)?;
        let before = self.len();
        for (home, node) in self.places.clone().into_iter().zip(self.kept.project.nodes.values()) {
            if self.is_replaced(home) || !effects.reach(node) {
                continue;
            }
            if is_semantic(node.kind) {
                return None;
            }
            match home {
                Home::File(index) => self.nodes.insert(index),
                Home::Yaml(index) => self.yaml.insert(index),
                Home::Settings | Home::Gone => false,
            };
        }
        if effects.is_structural {
            let paths = self.paths_of_problems(&[
                codes::PATCH_UNMATCHED,
                codes::REF_MISSING,
                codes::REF_DISABLED,
                codes::SOURCE_MISSING,
                codes::SOURCE_DISABLED,
                codes::AMBIGUOUS_REF,
                codes::INFER_DEPS,
            ]);
            self.add_paths(&paths.iter().map(String::as_str).collect());
        }
        self.consulted.retain(|index| !self.yaml.contains(index));
        Some(self.len() == before)
    }

    /// What of the nodes made anew others can see; nothing where one has the id of a node that stays.
    fn effects(&self, new: &QuickMap<&str, &Node>) -> Option<Effects> {
        let mut effects = Effects::default();
        let mut old: QuickSet<&str> = QuickSet::default();
        for (home, node) in self.kept_nodes() {
            if !self.is_replaced(home) {
                if new.contains_key(node.unique_id.as_str()) {
                    return None;
                }
                continue;
            }
            if is_semantic(node.kind) {
                return None;
            }
            old.insert(&node.unique_id);
            match new.get(node.unique_id.as_str()) {
                Some(now) if is_same_to_others(node, now) => {}
                Some(now) => effects.add(node, Some(now)),
                None => effects.add(node, None),
            }
        }
        for node in new.values().filter(|node| !old.contains(node.unique_id.as_str())) {
            effects.add(node, None);
        }
        Some(effects)
    }

    pub(super) fn settle(&self) -> Settled {
        let replaced = self.kept_nodes().filter(|(home, _)| self.is_replaced(*home));
        let replaced = replaced.map(|(_, node)| node.unique_id.clone());
        let files = self.node_files().map(|one| one.file.path.clone());
        let yaml = self.yaml_files().map(|(_, file)| file.path.clone());
        Settled {
            replaced: replaced.collect(),
            paths: files.chain(yaml).chain(self.gone.iter().cloned()).collect(),
            patch_paths: self.patch_paths(),
        }
    }
}

/// What has changed of nodes for those that refer to them.
#[derive(Debug, Default)]
struct Effects {
    ids: QuickSet<String>,
    /// Names and sources that may mean another node now.
    names: QuickSet<String>,
    sources: QuickSet<(String, String)>,
    is_structural: bool,
}

impl Effects {
    /// A node that is another `now`; or one that is new or gone.
    fn add(&mut self, node: &Node, now: Option<&Node>) {
        self.ids.insert(node.unique_id.clone());
        if now.is_some_and(|now| is_found_alike(node, now)) {
            return;
        }
        self.is_structural = true;
        for node in std::iter::once(node).chain(now) {
            match &node.source_name {
                Some(source) => {
                    self.sources.insert((source.clone(), node.name.clone()));
                }
                None => {
                    self.names.insert(node.name.clone());
                }
            }
        }
    }

    fn reach(&self, node: &Node) -> bool {
        if self.ids.is_empty() {
            return false;
        }
        node.depends_on_nodes.iter().any(|id| self.ids.contains(id))
            || node.refs.iter().any(|(_, name, _)| self.names.contains(name))
            || node.sources.iter().any(|source| self.sources.contains(source))
    }
}

/// Whether references find both alike.
fn is_found_alike(old: &Node, new: &Node) -> bool {
    let face = |node: &Node| {
        let names = (node.name.clone(), node.source_name.clone(), node.package_name.clone());
        (node.kind, node.enabled, names, node.version.clone(), node.latest_version.clone())
    };
    face(old) == face(new)
}

/// Whether those that refer to a node see no difference. An ephemeral model shows its whole text.
fn is_same_to_others(old: &Node, new: &Node) -> bool {
    let is_ephemeral = |node: &Node| node.materialized == "ephemeral";
    let names = |node: &Node| {
        (node.database.clone(), node.schema.clone(), node.alias.clone(), node.relation_name.clone(), node.quoting)
    };
    let rights = |node: &Node| (node.group.clone(), node.access.clone(), node.materialized.clone());
    is_found_alike(old, new)
        && names(old) == names(new)
        && rights(old) == rights(new)
        && old.external_location == new.external_location
        && !is_ephemeral(old)
}

fn is_semantic(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Metric | NodeKind::SemanticModel | NodeKind::SavedQuery)
}

/// The file that a problem is about.
pub(super) fn path_of(problem: &Problem) -> Option<&str> {
    match (&problem.place, &problem.subject) {
        (Some(place), _) => Some(&place.file),
        (None, Subject::File { path, .. }) => Some(path),
        _ => None,
    }
}
