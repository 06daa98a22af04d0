use proptest::prelude::*;

use super::super::list::{ListState, Motion};
use super::*;

fn leaf(path: &str) -> Leaf {
    let (folder, label) = path.rsplit_once('/').unwrap_or(("", path));
    Leaf { id: path.into(), folder: folder.into(), label: label.into(), value: 0 }
}

fn tree(paths: &[&str]) -> Tree {
    let mut tree = Tree::default();
    tree.set(paths.iter().map(|path| leaf(path)).collect());
    tree
}

fn shown(tree: &Tree) -> Vec<String> {
    let glyphs = Glyphs::ascii();
    (0..tree.len())
        .filter_map(|row| tree.node(row))
        .map(|node| {
            let count = match node.kind {
                NodeKind::Folder { leaves } => format!(" {leaves}"),
                NodeKind::Leaf { .. } => String::new(),
            };
            format!("{}{}{count}", indent(tree, node, &glyphs), node.label)
        })
        .collect()
}

const SHOP: [&str; 5] = [
    "shop/marts/core/dim_customers",
    "shop/marts/finance/fct_2",
    "shop/marts/finance/fct_10",
    "shop/staging/stg_a",
    "shop/top",
];

#[test]
fn folders_come_first_and_count_their_leaves() {
    assert_eq!(
        shown(&tree(&SHOP)),
        [
            "- shop 5",
            "  - marts 3",
            "    - core 1",
            "        dim_customers",
            "    - finance 2",
            "        fct_2",
            "        fct_10",
            "  - staging 1",
            "      stg_a",
            "    top",
        ]
    );
}

#[test]
fn a_closed_folder_hides_what_it_holds() {
    let mut tree = tree(&SHOP);
    assert!(tree.toggle(1));
    assert_eq!(shown(&tree), ["- shop 5", "  + marts 3", "  - staging 1", "      stg_a", "    top"]);
    assert!(tree.toggle(1));
    assert_eq!(tree.len(), 10);
}

#[test]
fn a_leaf_does_not_fold() {
    let mut tree = tree(&SHOP);
    assert!(!tree.toggle(3));
    assert!(!tree.close(99));
    assert!(tree.close(0));
    assert!(!tree.close(0));
}

#[test]
fn folds_outlive_new_data() {
    let mut tree = tree(&SHOP);
    tree.close(1);
    tree.set(SHOP.iter().chain(&["shop/marts/new"]).map(|path| leaf(path)).collect());
    assert_eq!(shown(&tree)[1], "  + marts 4");
}

#[test]
fn folds_are_remembered_and_restored() {
    let mut one = tree(&SHOP);
    one.close(1);
    let mut other = tree(&SHOP);
    other.set_closed(one.closed());
    assert_eq!(shown(&one), shown(&other));
}

#[test]
fn all_folders_close_and_open() {
    let mut tree = tree(&SHOP);
    tree.close_all();
    assert_eq!(shown(&tree), ["+ shop 5"]);
    tree.open_all();
    assert_eq!(tree.len(), 10);
    tree.close_from(1);
    assert_eq!(shown(&tree), ["- shop 5", "  + marts 3", "  + staging 1", "    top"]);
}

#[test]
fn revealing_opens_what_is_above() {
    let mut tree = tree(&SHOP);
    tree.close_all();
    assert!(tree.reveal("shop/marts/core/dim_customers"));
    assert_eq!(
        shown(&tree),
        [
            "- shop 5",
            "  - marts 3",
            "    - core 1",
            "        dim_customers",
            "    + finance 2",
            "  + staging 1",
            "    top",
        ]
    );
    assert!(!tree.reveal("no/such"));
}

#[test]
fn the_selection_of_a_hidden_row_goes_to_its_folder() {
    let mut tree = tree(&SHOP);
    let mut state = ListState::default();
    state.refresh(&tree);
    state.go(Motion::To(5), &tree);
    assert_eq!(state.selected().map(AsRef::as_ref), Some("shop/marts/finance/fct_2"));
    tree.close(1);
    state.refresh(&tree);
    assert_eq!(state.selected().map(AsRef::as_ref), Some("shop/marts/"));
}

#[test]
fn a_row_knows_its_folder() {
    let tree = tree(&SHOP);
    assert_eq!(tree.parent(5), Some(4));
    assert_eq!(tree.parent(4), Some(1));
    assert_eq!(tree.parent(0), None);
    assert_eq!(tree.parent(99), None);
}

#[test]
fn names_sort_naturally() {
    for (left, right, wanted) in [
        ("model_2", "model_10", Ordering::Less),
        ("model_02", "model_2", Ordering::Less),
        ("a", "a", Ordering::Equal),
        ("a", "ab", Ordering::Less),
        ("9999999999999999999999", "10000000000000000000000", Ordering::Less),
    ] {
        assert_eq!(natural(left, right), wanted, "{left} {right}");
    }
}

#[test]
fn one_name_as_folder_and_leaf_is_two_rows() {
    assert_eq!(shown(&tree(&["a/b", "a"])), ["- a 1", "    b", "  a"]);
}

#[test]
fn empty_folder_names_are_left_out() {
    assert_eq!(shown(&tree(&["//a//b"])), ["- a 1", "    b"]);
    assert_eq!(shown(&tree(&[])), Vec::<String>::new());
}

proptest! {
    #[test]
    fn every_leaf_is_shown_once(paths in prop::collection::hash_set("[abc]{1,2}(/[abc]{1,2}){0,4}", 0..40)) {
        let mut tree = Tree::default();
        tree.set(paths.iter().map(|path| leaf(path)).collect());
        let leaves = (0..tree.len()).filter_map(|row| tree.node(row)).filter(|node| matches!(node.kind, NodeKind::Leaf { .. })).count();
        prop_assert_eq!(leaves, paths.len());
        for row in 0..tree.len() {
            let id = tree.id(row).unwrap();
            prop_assert_eq!(tree.index_of(&id), Some(row));
        }
    }

    #[test]
    fn natural_order_is_an_order(a in "[a0-9]{0,6}", b in "[a0-9]{0,6}", c in "[a0-9]{0,6}") {
        prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
        if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
            prop_assert!(natural(&a, &c).is_le());
        }
    }
}
