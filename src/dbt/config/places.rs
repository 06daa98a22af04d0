//! Configurations that follow from where a node is, made once a place: in most projects, a few dozen for
//! thousands of nodes.

use std::sync::Arc;

use crate::jinja::QuickMap;

use super::{Config, Layers, finish, merge_over, of_place, tree_depth, unrendered};

/// The places met so far.
#[derive(Debug, Default)]
pub(crate) struct Places(QuickMap<String, Place>);

/// What holds at one place.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Before the node, YAML and the root project have spoken.
    pub(crate) base: Arc<Config>,
    /// For a node about which neither its text nor YAML says anything; missing where dbt would refuse it.
    pub(crate) whole: Option<Whole>,
}

/// All of a node's configuration.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    /// Merged and checked.
    pub(crate) config: Arc<Config>,
    /// As it was written.
    pub(crate) unrendered: Arc<Config>,
}

impl Places {
    /// The place of a node of `package`; `written` has the trees before rendering. Of the layers, what the node
    /// and YAML say is not looked at.
    pub(crate) fn find(&mut self, package: &str, layers: &Layers<'_>, written: &Layers<'_>) -> Place {
        let mut key = format!("{:?}\0{package}", layers.kind);
        for tree in [layers.own, layers.root, written.own, written.root] {
            key.push('\0');
            for name in layers.fqn.iter().take(tree_depth(tree, layers.fqn)) {
                key.push('/');
                key.push_str(name);
            }
        }
        self.0.entry(key).or_insert_with(|| Place::of(layers, written)).clone()
    }
}

impl Place {
    fn of(layers: &Layers<'_>, written: &Layers<'_>) -> Self {
        let (base, silence) = (of_place(layers), Config::new());
        let silent = Layers { patch: None, calls: &silence, ..*layers };
        let written = Layers { patch: None, calls: &silence, ..*written };
        let finished = finish(merge_over(base.clone(), &silent), layers.kind).ok();
        let whole =
            finished.map(|config| Whole { config: Arc::new(config), unrendered: Arc::new(unrendered(&written)) });
        Self { base: Arc::new(base), whole }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dbt::config::{ConfigKind, merge};
    use crate::dbt::options::Adapter;

    #[test]
    fn a_place_says_what_merging_says() {
        let own = json!({"+tags": ["all"], "shop": {"+materialized": "table", "marts": {"+schema": "marts", "orders": {"+alias": "o"}}}});
        let root = json!({"shop": {"marts": {"+schema": "root"}}});
        let mut places = Places::default();
        let calls = Config::from_iter([("tags".to_owned(), json!(["own"]))]);
        for fqn in ["shop.a", "shop.marts.b", "shop.marts.orders", "shop.marts.orders", "shop.other.b", "x.b"] {
            let fqn: Vec<String> = fqn.split('.').map(str::to_owned).collect();
            for root in [None, Some(&root)] {
                let layers = Layers {
                    kind: ConfigKind::Model,
                    adapter: Adapter::Postgres,
                    fqn: &fqn,
                    own: Some(&own),
                    patch: None,
                    calls: &calls,
                    root,
                };
                // Packages with and without a root's tree are different packages.
                let place = places.find(if root.is_some() { "package" } else { "shop" }, &layers, &layers);
                assert_eq!(merge_over(Config::clone(&place.base), &layers), merge(&layers), "{fqn:?}");
                let silent = Layers { calls: &Config::new(), ..layers };
                assert_eq!(*place.whole.unwrap().config, finish(merge(&silent), ConfigKind::Model).unwrap(), "{fqn:?}");
            }
        }
    }

    #[test]
    fn a_place_that_dbt_would_refuse_has_no_whole() {
        let own = json!({"+enabled": "perhaps"});
        let layers = Layers {
            kind: ConfigKind::Model,
            adapter: Adapter::Postgres,
            fqn: &["shop".to_owned()],
            own: Some(&own),
            patch: None,
            calls: &Config::new(),
            root: None,
        };
        assert!(Places::default().find("shop", &layers, &layers).whole.is_none());
    }
}
