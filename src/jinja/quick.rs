//! Tables that hash quickly: for names and values that are looked up all the time while templates are
//! rendered, here and in what renders them.
//!
//! Keys come from foreign repositories. foldhash draws a seed for every process and every table, so that nobody
//! can choose keys that all fall into one place.

use std::collections::{HashMap, HashSet};

pub use foldhash::fast::RandomState as QuickState;
use indexmap::{IndexMap, IndexSet};

pub type QuickMap<K, V> = HashMap<K, V, QuickState>;
pub type QuickSet<K> = HashSet<K, QuickState>;
pub type QuickIndexMap<K, V> = IndexMap<K, V, QuickState>;
pub type QuickIndexSet<K> = IndexSet<K, QuickState>;
