use super::*;

fn project(package: &str, macros: &[&str]) -> Vec<Macro> {
    let texts = macros.iter().map(|name| format!("{{% macro {name}() %}}{package}{{% endmacro %}}"));
    texts.flat_map(|text| read_macros(package, "macros/m.sql", &text).unwrap()).collect()
}

fn registry() -> Macros {
    let dispatch = IndexMap::from_iter([("routed".to_owned(), vec!["other".to_owned(), "routed".to_owned()])]);
    let mut macros = Macros::new("root", Adapter::Redshift, dispatch);
    for (package, names) in [
        ("root", &["shared", "default__over", "generate_schema_name"][..]),
        ("other", &["shared", "own", "postgres__over", "redshift__near", "default__near", "default__routed"]),
        ("routed", &["default__routed"]),
    ] {
        macros.know_package(package);
        for added in project(package, names) {
            assert!(macros.add(added).is_none());
        }
    }
    macros
}

fn id(macros: &Macros, index: Option<MacroIndex>) -> Option<&str> {
    index.map(|index| macros.get(index).unique_id.as_str())
}

#[test]
fn a_plain_name_is_the_packages_then_the_roots_then_dbts() {
    let macros = registry();
    let table = [
        ("other", "shared", Some("macro.other.shared")),
        ("root", "shared", Some("macro.root.shared")),
        ("root", "own", None),
        ("other", "is_incremental", Some("macro.dbt.is_incremental")),
    ];
    for (package, name, expected) in table {
        assert_eq!(id(&macros, macros.find(package, name)), expected, "{package} {name}");
    }
}

#[test]
fn a_namespace_is_a_package_or_dbt() {
    let macros = registry();
    assert_eq!(id(&macros, macros.find_in("other", "own")), Some("macro.other.own"));
    assert_eq!(id(&macros, macros.find_in("dbt", "type_string")), Some("macro.dbt.type_string"));
    assert!(macros.is_namespace("dbt") && macros.is_namespace("routed") && !macros.is_namespace("nowhere"));
}

#[test]
fn naming_macros_come_from_the_package_the_root_or_dbt() {
    let macros = registry();
    let named = |which, package| id(&macros, macros.find_generate_name(which, package)).map(str::to_owned);
    assert_eq!(named(GenerateName::Schema, "other").as_deref(), Some("macro.root.generate_schema_name"));
    assert_eq!(named(GenerateName::Alias, "other").as_deref(), Some("macro.dbt.generate_alias_name"));
}

#[test]
fn dispatch_tries_the_root_and_the_namespace_by_prefix() {
    let macros = registry();
    let table = [
        ("over", Some("other"), "macro.root.default__over"),
        ("near", Some("other"), "macro.other.redshift__near"),
        ("routed", Some("routed"), "macro.other.default__routed"),
        ("over", None, "macro.other.postgres__over"),
    ];
    for (name, namespace, expected) in table {
        assert_eq!(id(&macros, macros.dispatch("other", name, namespace).ok()), Some(expected), "{name}");
    }
}

#[test]
fn a_dispatch_that_finds_nothing_says_where_it_looked() {
    let macros = registry();
    let error = macros.dispatch("root", "m", Some("other")).unwrap_err().to_string();
    assert_eq!(
        error,
        "In dispatch: No macro named 'm' found within namespace: 'other'\n    Searched for: 'root.redshift__m', 'root.postgres__m', 'root.default__m', 'other.redshift__m', 'other.postgres__m', 'other.default__m'"
    );
}

#[test]
fn a_second_macro_of_one_name_is_told() {
    let mut macros = registry();
    let second = project("root", &["shared"]).remove(0);
    assert_eq!(macros.add(second).map(|first| first.unique_id.as_str()), Some("macro.root.shared"));
}

#[test]
fn tests_and_materializations_have_names_of_their_own() {
    let text = "{% test even(model) %}x{% endtest %}\n{% materialization heap, adapter='postgres' %}y{% endmaterialization %}{% materialization pile, default %}z{% endmaterialization %}";
    let names: Vec<String> = read_macros("p", "m.sql", text).unwrap().into_iter().map(|read| read.name).collect();
    assert_eq!(names, ["test_even", "materialization_heap_postgres", "materialization_pile_default"]);
}

#[test]
fn every_macro_of_ours_is_a_template_and_has_one_name() {
    for (package, name, text) in builtins::files() {
        let read = read_macros(package, name, text).unwrap_or_else(|error| panic!("{package}/{name}: {error:?}"));
        let mut names: Vec<&str> = read.iter().map(|read| read.name.as_str()).collect();
        for read in &read {
            assert!(read.unit.is_ok(), "{package}/{name}: {}: {:?}", read.name, read.unit);
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{package}/{name} defines a macro twice");
    }
}
