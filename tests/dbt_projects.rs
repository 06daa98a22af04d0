//! Small sound projects, and facts about their nodes: `tests/dbt/projects.txt`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test")]

#[path = "dbt/support.rs"]
mod support;

use std::sync::Arc;

use ebbtide::dbt::{Node, Project};
use serde_json::Value;

fn listed(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.as_ref().to_owned()).collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

/// A fact in the words of the data file.
fn fact(project: &Project, node: &Node, field: &str) -> String {
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let object = |map: &indexmap::IndexMap<String, Value>| Value::Object(map.clone().into_iter().collect()).to_string();
    let text = match field {
        "compiled" => optional(&node.compiled_code),
        "raw" => node.raw_code.clone(),
        "relation" => optional(&node.relation_name),
        "schema" => node.schema.clone(),
        "fqn" => node.fqn.join("."),
        "path" => node.path.clone(),
        "file" => node.original_file_path.clone(),
        "enabled" => node.enabled.to_string(),
        "materialized" => node.materialized.clone(),
        "description" => node.description.clone(),
        "tags" => listed(&node.tags),
        "meta" => object(&node.meta),
        "depends_on" => listed(&node.depends_on_nodes),
        "macros" => listed(&node.depends_on_macros),
        "ctes" => listed(&node.extra_ctes),
        "children" => listed(project.children().remove(node.unique_id.as_str()).unwrap_or_default()),
        "attached" => optional(&node.test.as_ref().and_then(|test| test.attached_node.clone())),
        "twins" => {
            let twins = project.disabled_twins.iter().filter(|twin| twin.unique_id == node.unique_id);
            listed(twins.map(|twin| &twin.original_file_path))
        }
        "refs" => listed(node.refs.iter().map(|(package, name, _)| {
            package.as_ref().map_or_else(|| name.clone(), |package| format!("{package}.{name}"))
        })),
        "sources" => listed(node.sources.iter().map(|(source, table)| format!("{source}.{table}"))),
        "columns" => listed(node.columns.values().map(|column| {
            format!("{}:{}:{}", column.name, column.data_type.as_deref().unwrap_or_default(), column.description)
        })),
        _ => match field.strip_prefix("config.").and_then(|key| node.config.get(key)) {
            Some(value) => value.to_string(),
            None => panic!("no field {field}"),
        },
    };
    text.replace('\n', "\\n")
}

/// The node of an id; `.x` at the end of a test's id stands for its hash.
fn node<'p>(project: &'p Project, id: &str) -> Option<&'p Node> {
    let by_hash = || {
        let start = format!("{}.", id.strip_suffix(".x")?);
        project.nodes.values().find(|node| node.unique_id.starts_with(&start))
    };
    project.nodes.get(id).or_else(by_hash).map(Arc::as_ref)
}

fn holds(case: &support::Case) {
    let loaded = support::load(case.files.clone());
    let told: Vec<&str> = loaded.problems.iter().map(|problem| problem.raw.as_str()).collect();
    assert_eq!(told, Vec::<&str>::new());
    let project = loaded.project.expect("a project");
    for line in &case.expected {
        let (asked, expected) = line.split_once(" =").expect("ID FIELD = VALUE");
        let expected = expected.strip_prefix(' ').unwrap_or(expected);
        let Some((id, field)) = asked.split_once(' ') else {
            assert!(project.nodes.get(asked).is_none(), "{asked} is there");
            continue;
        };
        let node = node(&project, id).unwrap_or_else(|| panic!("no {id} among {:?}", project.nodes.keys()));
        assert_eq!(fact(&project, node, field), expected, "{asked}");
    }
}

cases! {
    "dbt/projects.txt", holds;
    literal_references
    a_reference_in_a_comment_counts
    folders_are_in_the_fqn
    sources_have_names_of_their_own
    a_source_may_be_switched_off
    the_nearer_configuration_wins
    meta_and_docs_move_into_the_configuration
    own_names_for_schemas_and_aliases
    a_database_and_an_alias
    variables_by_package_and_with_defaults
    the_environment_as_far_as_it_may_be_seen
    the_target_and_the_run
    dates_and_zones
    regular_expressions
    plain_data_to_text_and_back
    macros_return_values_and_call_each_other
    dispatch_finds_the_adapters_own
    dbts_own_macros_speak_the_adapters_words
    a_root_macro_overrides_dbts
    incremental_models_start_full
    ephemeral_models_are_put_in_front
    seeds_snapshots_and_analyses
    singular_and_generic_tests
    an_own_generic_test
    tests_of_sources
    relationships_refer_to_both
    a_test_with_a_name_of_its_own
    versions_of_a_model
    descriptions_quote_docs
    exposures_stand_at_the_end
    hooks_are_nodes_and_refer_too
    a_package_in_the_tree
    a_local_package_beside_the_project
    a_disabled_model_keeps_its_place
    a_patch_may_switch_on
    ignored_files_are_not_there
    python_models_are_listed
    windows_line_ends_and_blank_lines
    the_graph_can_be_asked
    relations_can_be_made
    grants_and_persisted_docs
    variables_of_the_command_line_win
    bigquery_quotes_and_types
    snowflake_quotes_nothing_unless_asked
    redshift_is_postgres_with_exceptions
    databricks_speaks_spark
    duckdb_reads_files_as_sources
    sqlite_has_no_database
    dates_of_postgres_are_spelled_out
    texts_and_lists_in_sql
    a_series_of_numbers
    columns_of_every_kind
    relations_answer_for_their_parts
    questions_to_the_warehouse_that_have_an_answer_without_one
    printing_and_logging_print_nothing
    a_template_can_be_rendered_within_one
    results_are_kept_once
    errors_can_be_caught_by_name_only
    yaml_from_a_template
    spans_of_time
    zones_as_pytz_has_them
    combinations
    seeds_are_configured_by_their_own_key
    stored_failures_have_a_relation
    a_filtered_test
    a_test_of_a_package
    jinja_in_yaml_is_rendered_but_for_tests_and_descriptions
    column_tags_and_meta
    a_source_described_anew
    the_roots_model_wins_over_a_packages
    dispatch_by_the_projects_order
    macros_take_what_python_functions_take
    files_in_old_folders
    an_empty_model_is_not_compiled
    names_are_kept_as_written
    the_projects_settings_can_be_reached
    a_static_model_names_a_source_once
    a_patch_prefers_what_takes_part
    a_column_may_be_described_twice
    configuration_of_folders_within_folders
    configuration_named_as_a_folder
    hooks_of_every_layer_in_order
    several_config_calls_in_one_file
    an_incremental_model_with_all_its_settings
    versions_with_files_aliases_and_columns_of_their_own
    a_version_that_is_no_number
    groups_and_access
    ephemeral_models_of_many_shapes
    an_ephemeral_model_behind_a_version
    dispatch_across_packages
    dispatch_of_dbts_own_macros
    snapshots_of_both_strategies
    seeds_in_folders_with_settings
    sources_with_everything
    names_of_generic_tests
    tests_are_configured_by_the_project
    docs_blocks_of_several_packages
    descriptions_of_many_lines
    anchors_and_merges_in_yaml
    variables_of_every_kind
    ignored_by_patterns
    quoting_of_the_project_and_of_sources
    grants_are_joined_or_replaced
    contracts_and_constraints
    packages_are_configured_from_the_root
    names_by_macros_of_a_package_and_of_the_root
    exposures_of_all_kinds
    analyses_in_folders
    singular_tests_in_several_paths
    hooks_around_the_run
    references_in_macros_count_for_their_callers
    macros_by_their_full_names
    names_with_dots_and_capitals
    what_a_model_can_ask_about_itself
    what_the_graph_holds
    configuration_from_variables_and_the_environment
    macro_properties_change_nothing
    blanks_around_tags_stay_as_jinja_leaves_them
    comments_and_strings_hold_jinja_too
    newer_tests_are_read_for_a_newer_dbt
    newer_tests_do_not_exist_for_an_older_dbt
    trino_speaks_its_own_words
    regular_expressions_with_look_around
    a_disabled_model_beside_an_enabled_one
    templates_in_variables_are_for_sql_alone
    times_of_day
    a_test_sees_the_macros_that_its_own_macro_calls
    dbts_macros_about_columns_and_relations
    hooks_are_named_by_the_macros_too
}
