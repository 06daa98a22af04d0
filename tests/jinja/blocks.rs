//! dbt's top-level blocks, and the static list of calls.

use ebbtide::jinja::{BlockKind, Literal, Template, scan_blocks};

const MACRO_FILE: [BlockKind; 3] = [BlockKind::Macro, BlockKind::Materialization, BlockKind::Test];

/// `kind name args | contents` for each block, or the complaint.
fn scanned(source: &str) -> Vec<String> {
    match scan_blocks(source, &MACRO_FILE) {
        Ok(blocks) => blocks
            .iter()
            .map(|block| {
                let name = block.name.as_deref().unwrap_or("-");
                format!("{} {name} {} | {}", block.kind.word(), block.args, block.contents)
            })
            .collect(),
        Err(error) => vec![error.message().to_owned()],
    }
}

#[test]
fn blocks_have_kind_name_arguments_and_contents() {
    let source = "-- text\n{% macro a(x, y='%}') %}A{{ x }}{% endmacro %}\n{% test t(model) %}T{% endtest %}\n\
                  {% materialization m, adapter='duckdb' %}M{% endmaterialization %}";
    let expected = ["macro a (x, y='%}') | A{{ x }}", "test t (model) | T", "materialization m , adapter='duckdb' | M"];
    assert_eq!(scanned(source), expected);
}

#[test]
fn a_block_knows_its_place_and_full_text() {
    let blocks = scan_blocks("\n\n  {%- macro a() -%} x {%- endmacro -%}  \n", &MACRO_FILE).expect("blocks");
    assert_eq!(blocks.len(), 1);
    assert_eq!(blocks[0].full, "\n\n  {%- macro a() -%} x {%- endmacro -%}  \n");
    assert_eq!(blocks[0].contents, "x");
    assert_eq!(blocks[0].span.line, 1);
    let blocks = scan_blocks("é\n {% macro a() %}{% endmacro %}", &MACRO_FILE).expect("blocks");
    assert_eq!((blocks[0].span.line, blocks[0].span.column), (2, 2));
}

#[test]
fn comments_raw_blocks_expressions_and_strings_hide_tags() {
    assert_eq!(scanned("{# {% macro a() %} #}"), Vec::<String>::new());
    assert_eq!(scanned("{% raw %}{% macro a() %}{% endraw %}"), Vec::<String>::new());
    assert_eq!(scanned("{{ '{% macro a() %}' }}"), Vec::<String>::new());
    assert_eq!(scanned("{% macro a() %}{# {% endmacro %} #}{% endmacro %}"), ["macro a () | {# {% endmacro %} #}"]);
    assert_eq!(scanned("{% set x = '{% macro b() %}' %}{% macro a() %}{% endmacro %}"), ["macro a () | "]);
}

#[test]
fn blocks_of_other_kinds_are_not_looked_at() {
    let source = "{% docs d %}D{% enddocs %}{% macro a() %}{% endmacro %}";
    assert_eq!(scan_blocks(source, &[BlockKind::Docs]).expect("blocks").len(), 1);
    assert_eq!(scanned(source), ["macro a () | "]);
}

#[test]
fn complaints_are_dbts() {
    let table = [
        (
            "{% if x %}\n{% macro a() %}{% endmacro %}{% endif %}",
            "Got a block definition inside control flow at 2:0. All dbt block definitions must be at the top level",
        ),
        (
            "{% macro a() %}{% macro b() %}{% endmacro %}",
            "Got nested tags: macro (started at 0) did not have a matching {% endmacro %} before a subsequent macro was \
             found (started at 15)",
        ),
        ("\n{% macro a() %}", "Reached EOF without finding a close tag for macro (searched from line 2)"),
        ("{% endif %}", "Got an unexpected control flow end tag, got endif but never saw a preceeding if (@ 1:0)"),
        (
            "{% if a %}{% endfor %}",
            "Got an unexpected control flow end tag, got endfor but expected endif next (@ 1:10)",
        ),
        ("{% macro a(", "unexpected EOF, expected tag close (\"%}\"), got \"(\""),
        ("{{ a", "unexpected EOF, expected }}, got \" a\""),
    ];
    for (source, expected) in table {
        assert_eq!(scanned(source), [expected], "{source}");
    }
}

#[test]
fn control_flow_inside_of_a_block_is_fine() {
    let source = "{% macro a() %}{% if x %}{% for y in z %}{% endfor %}{% endif %}{% endmacro %}";
    assert_eq!(scanned(source).len(), 1);
}

#[test]
fn calls_are_found_with_their_literals_even_where_they_are_not_reached() {
    let source = "{% if false %}{{ ref('a', version=2) }}{% endif %}\n{{ dbt_utils.star(from=ref(x)) }}\
                  {{ adapter.dispatch('m', 'ns')(1) }}{% call statement('s') %}{{ var('v', none) }}{% endcall %}";
    let template = Template::parse("m.sql", source).expect("a template");
    let text = |text: &str| Some(Literal::Str(text.into()));
    let found: Vec<_> =
        template.calls().iter().map(|call| (call.path.as_str(), call.positional.clone(), call.span.line)).collect();
    assert_eq!(
        found,
        [
            ("ref", vec![text("a")], 1),
            ("dbt_utils.star", vec![], 2),
            ("ref", vec![None], 2),
            ("adapter.dispatch", vec![text("m"), text("ns")], 2),
            ("statement", vec![text("s")], 2),
            ("var", vec![text("v"), Some(Literal::None)], 2),
        ]
    );
    assert_eq!(template.calls()[0].keyword, [("version".to_owned(), Some(Literal::Int(2)))]);
    let span = template.calls()[0].span;
    assert_eq!(&source[span.start as usize..span.end as usize], "ref('a', version=2)");
}
