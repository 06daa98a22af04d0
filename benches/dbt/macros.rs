//! The macros of the generated project: loops, defaults, `return`, `dispatch`, keyword arguments,
//! changed lists, generic tests, and the three that name nodes.

/// Path and text of each macro file.
pub const MACROS: [(&str, &str); 4] = [
    ("macros/names.sql", NAMES),
    ("macros/values.sql", VALUES),
    ("macros/lists.sql", LISTS),
    ("macros/tests.sql", TESTS),
];

const NAMES: &str = r"
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name is none -%}{{ target.schema }}
    {%- elif target.name == 'prod' -%}{{ custom_schema_name | trim }}
    {%- else -%}{{ target.schema }}_{{ custom_schema_name | trim }}{%- endif -%}
{%- endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}{{ custom_alias_name | trim }}
    {%- elif node.version -%}{{ return(node.name ~ '_v' ~ node.version) }}
    {%- else -%}{{ node.name }}{%- endif -%}
{%- endmacro %}
";

const VALUES: &str = r#"
{% macro in_euros(column, digits=2) -%}
    ({{ column }} / 100)::numeric(16, {{ digits }})
{%- endmacro %}

{% macro key_of(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '" ~ var('blank', '-') ~ "')") -%}
        {%- if not loop.last -%}{%- do parts.append("'|'") -%}{%- endif -%}
    {%- endfor -%}
    {{ dbt.hash(dbt.concat(parts)) }}
{%- endmacro %}

{% macro share_of(part, whole) -%}{{ adapter.dispatch('share_of', 'harbour')(part, whole) }}{%- endmacro %}
{% macro default__share_of(part, whole) -%}{{ part }} / nullif({{ whole }}, 0){%- endmacro %}

{% macro since_last(column, days=none) -%}
    {%- if is_incremental() -%}
    where {{ column }} >= (select max({{ column }}) from {{ this }}) - interval '{{ days or var("look_back", 3) }} days'
    {%- endif -%}
{%- endmacro %}

{% macro note_for(relation) %}
    {% if target.name == 'prod' %}grant select on {{ relation }} to office{% else %}select 1{% endif %}
{% endmacro %}
"#;

const LISTS: &str = r#"
{% macro counts_by(column, values, prefix='', compare='=') -%}
    {%- for value in values %}
    sum(case when {{ column }} {{ compare }} {{ "'" ~ value ~ "'" }} then 1 else 0 end) as {{ (prefix ~ value) | lower | replace(' ', '_') }}
        {%- if not loop.last %},{% endif -%}
    {%- endfor %}
{%- endmacro %}

{% macro listed(columns, alias=none, without=[]) -%}
    {%- set found = namespace(names=[]) -%}
    {%- for column in columns if column not in without -%}
        {%- set found.names = found.names + [(alias ~ '.' if alias else '') ~ column] -%}
    {%- endfor -%}
    {{ return(found.names | join(', ')) }}
{%- endmacro %}

{% macro named() -%}
    {%- for old, new in kwargs.items() | sort -%}{{ old }} as {{ new }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}
"#;

const TESTS: &str = r"
{% test never_negative(model, column_name) %}
select * from {{ model }} where {{ column_name }} < 0
{% endtest %}

{% test rows_above(model, least=0) %}
{{ config(severity='warn') }}
select count(*) as rows from {{ model }} having count(*) < {{ least }}
{% endtest %}
";
