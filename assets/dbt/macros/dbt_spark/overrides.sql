{# Spark, and so Databricks: where it speaks otherwise. #}

{% macro spark__current_timestamp() -%}
    current_timestamp()
{%- endmacro %}

{% macro spark__concat(fields) -%}
    concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro spark__any_value(expression) -%}
    any({{ expression }})
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

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) %}
    date_add({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{% endmacro %}
