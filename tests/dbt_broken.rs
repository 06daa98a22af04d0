//! Small broken projects, and what a load says of each: `tests/dbt/broken.txt`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, reason = "a test")]

#[path = "dbt/support.rs"]
mod support;

use ebbtide::problem::{Problem, Severity};

/// `CODE file:line:column first line of the sentence`, warnings marked.
fn told(problem: &Problem) -> String {
    let place = problem.place.as_ref();
    let place = place.map_or_else(String::new, |place| format!("{}:{}:{}", place.file, place.line, place.column));
    let mark = match problem.severity {
        Severity::Notice => "notice ",
        Severity::Warning if problem.code.as_str() != "DBT-NEEDS-WAREHOUSE" => "warning ",
        Severity::Warning | Severity::Error => "",
    };
    format!("{mark}{} {place} {}", problem.code, problem.summary)
}

/// The problems are those that dbt tells, and the sound model is there all the same.
fn is_told(case: &support::Case) {
    let loaded = support::load(case.files.clone());
    let found: Vec<String> = loaded.problems.iter().map(told).collect();
    assert_eq!(found, case.expected);
    let project = loaded.project.expect("a project");
    assert!(project.nodes.contains_key(&format!("model.{}.a", project.name)), "the sound model is missing");
}

cases! {
    "dbt/broken.txt", is_told;
    ok
    contract_without_types_is_for_the_run_to_tell
    yml_of_another_version_is_read
    seed_referred_to
    ref_missing
    ref_disabled
    ref_bad_version
    ref_three_args
    conditional_ref
    source_missing
    source_one_arg
    cycle
    self_ref
    cycle_of_ephemeral_models
    jinja_endif
    jinja_unclosed
    jinja_unknown_tag
    macro_undefined
    macro_undefined_package
    macro_bad_kwarg
    macro_twice
    macro_syntax
    macro_unclosed
    dispatch_missing
    raise_compiler_error
    none_plus_str
    undefined_attribute
    var_missing
    env_var_missing
    secret_env_var
    env_var_missing_in_project
    needs_the_warehouse
    needs_the_warehouse_under_a_macro_or_an_ephemeral_model
    config_positional
    config_wrong_type
    config_wrong_tags
    unknown_materialization_is_no_problem
    snapshot_without_key
    one_relation_twice
    one_name_twice
    access_invalid
    private_ref
    group_missing
    doc_missing
    exposure_without_owner
    yml_models_no_list
    yml_no_name
    yml_no_mapping
    yml_columns_no_list
    yml_syntax
    yml_key_twice
    yml_unknown_model
    yml_patch_twice
    test_with_two_keys
    test_unknown
    test_of_a_missing_model_is_switched_off
    packages_malformed
    packages_not_installed
    python_model_bad
    ambiguous_ref
    source_disabled
    packages_in_two_files
    packages_no_list
    package_named_as_the_project
    package_for_another_dbt
    fewer_packages_than_asked_for
    dispatch_with_a_dot
    ref_that_is_no_text
    config_given_twice
    config_merged_from_no_mapping
    config_required
    meta_in_two_places
    patch_in_the_wrong_section
    version_without_a_file
    test_config_in_two_places
    test_arguments_that_are_no_mapping
    test_that_is_a_number
    test_argument_called_model
    env_var_missing_in_yaml
    var_missing_in_the_project_file
    result_loaded_twice
    ephemeral_model_that_fails
    unknown_time_zone
    naming_macro_that_fails
    hook_that_fails
    snapshot_block_that_does_not_end
    docs_block_that_does_not_end
    exposure_of_a_missing_model
    test_of_a_disabled_model
}
