//! What Jinja2's own tests look at, in templates of ours with what Jinja2 makes of them, a subject a test.
//!
//! `python3 tests/jinja/judge/judge.py --templates tests/jinja/judge/subjects.jsonl` answers them anew.

use super::differential::check;

/// The subjects by name: a line `# name`, then its templates with their answers.
fn subjects() -> Vec<(&'static str, &'static str)> {
    let text = include_str!("judge/subjects.jsonl").trim_start_matches("# ");
    text.split("\n# ").filter_map(|subject| subject.split_once('\n')).collect()
}

macro_rules! subjects {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let subject = subjects().into_iter().find(|(name, _)| *name == stringify!($name));
                check(subject.expect("a subject of that name").1);
            }
        )*

        #[test]
        fn every_subject_has_its_test() {
            let written: Vec<&str> = subjects().iter().map(|(name, _)| *name).collect();
            assert_eq!(written, [$(stringify!($name)),*]);
        }
    };
}

subjects! {
    for_walks
    for_loop
    for_recursion
    for_scopes
    if_statements
    macros
    set_statements
    with_and_filter_statements
    white_space
    literals
    operators
    items_and_attributes
    filters
    global_functions
    what_the_grammar_found
    filter_abs
    filter_attr
    filter_batch
    filter_slice
    filter_capitalize_title
    filter_center
    filter_default
    filter_dictsort
    filter_escape
    filter_filesizeformat
    filter_first_last
    filter_float_int
    filter_format
    filter_groupby
    filter_indent
    filter_items
    filter_join
    filter_length
    filter_list_string
    filter_lower_upper
    filter_map
    filter_min_max
    filter_pprint_and_random
    filter_replace
    filter_reverse
    filter_round
    filter_select
    filter_selectattr
    filter_sort
    filter_striptags
    filter_sum
    filter_tojson
    filter_trim
    filter_truncate
    filter_unique
    filter_urlencode
    filter_wordcount
    filter_wordwrap
    filter_chains_and_calls
    test_numbers
    test_kinds
    test_comparisons
    test_names_and_negation
    lexing_raw_and_comments
    lexing_numbers
    lexing_strings
    lexing_delimiters
    whitespace_control
    expressions_precedence
    expressions_errors
    items_and_slices
    undefined_everywhere
    for_targets_and_bodies
    for_loop_changes_and_length
    for_recursion_deep
    macro_arguments
    macro_scopes
    call_blocks
    set_blocks_and_targets
    with_blocks
    if_blocks
    syntax_errors
    globals
    text_methods_of_python
    list_and_dict_methods_of_python
    number_formats
    representations
    do_and_filter_blocks
    filter_xmlattr
    translation_tables
    printable_and_ascii
    dicts_from_keys_and_views_as_sets
    integers_of_many_digits
}
