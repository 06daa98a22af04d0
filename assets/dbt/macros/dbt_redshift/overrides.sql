{# Redshift: where it speaks otherwise than Postgres. #}

{% macro redshift__current_timestamp() -%}
    getdate()
{%- endmacro %}

{% macro redshift__snapshot_get_time() -%}
    {{ current_timestamp() }}::timestamp
{%- endmacro %}

{% macro redshift__current_timestamp_backcompat() -%}
    getdate()
{%- endmacro %}

{% macro redshift__any_value(expression) -%}
    any_value({{ expression }})
{%- endmacro %}

{% macro redshift__dateadd(datepart, interval, from_date_or_timestamp) %}

    dateadd(
        {{ datepart }},
        {{ interval }},
        {{ from_date_or_timestamp }}
        )

{% endmacro %}

{% macro redshift__datediff(first_date, second_date, datepart) -%}
    {{ return(dbt.default__datediff(first_date, second_date, datepart)) }}
{%- endmacro %}

{% macro redshift__last_day(date, datepart) -%}
    cast(
        {{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }}
        as date)
{%- endmacro %}

{% macro redshift__hash(field) -%}
    {{ return(dbt.default__hash(field)) }}
{%- endmacro %}
