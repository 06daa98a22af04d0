{# What Databricks takes over from Spark. #}

{% macro spark__current_timestamp() -%}
    current_timestamp()
{%- endmacro %}

{% macro spark__concat(fields) -%}
    concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro spark__any_value(expression) -%}
    first({{ expression }})
{%- endmacro %}

{% macro spark__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro spark__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro spark__array_construct(inputs, data_type) -%}
    array( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro spark__escape_single_quotes(expression) -%}
{{ expression | replace("'", "\\'") }}
{%- endmacro %}

{% macro spark__bool_or(expression) -%}
    max({{ expression }})
{%- endmacro %}

{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {% if order_by_clause %}{{ exceptions.warn("order_by_clause is not supported for listagg on Spark/Databricks") }}{% endif %}
    {% set all %} collect_list({{ measure }}) {% endset %}
    {% set some %} slice({{ all }}, 1, {{ limit_num }}) {% endset %}
    {% set joined %} array_join({{ some if limit_num else all }}, {{ delimiter_text }}) {% endset %}
    {% do return(joined) %}
{%- endmacro %}

{# A delimiter that is a special character is escaped; a part from the end is counted by the delimiters. #}
{% macro spark__split_part(string_text, delimiter_text, part_number) %}

    {% set delimiter_expr %}

        -- escape if starts with a special character
        case when regexp_extract({{ delimiter_text }}, '([^A-Za-z0-9])(.*)', 1) != '_'
            then concat('\\', {{ delimiter_text }})
            else {{ delimiter_text }} end

    {% endset %}

    {% set split_part_expr %}

        split(
            {{ string_text }},
            {{ delimiter_expr }}
            )[(
    {%- if part_number >= 0 -%}
    {{ part_number - 1 if part_number > 0 else part_number }}
    {%- else %}
                length({{ string_text }})
                - length(
                    replace({{ string_text }},  {{ delimiter_text }}, '')
                ) + 1 + {{ part_number }}
            {% endif -%}
    )]

        {% endset %}

    {{ return(split_part_expr) }}

{% endmacro %}
