{# SQLite: where it speaks otherwise. #}

{% macro sqlite__current_timestamp() -%}
    datetime()
{%- endmacro %}

{% macro sqlite__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}

{% macro sqlite__dateadd(datepart, interval, from_date_or_timestamp) %}
    date({{ from_date_or_timestamp }}, {{ interval }} || ' {{ datepart }}')
{% endmacro %}

{% macro sqlite__concat(fields) -%}
    {{ fields | join(' || ') }}
{%- endmacro %}
