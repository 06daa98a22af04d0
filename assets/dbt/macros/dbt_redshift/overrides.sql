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

{% macro redshift__last_day(date, datepart) %}
    cast(
        {{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }}
        as date)
{% endmacro %}

{% macro redshift__current_timestamp_in_utc_backcompat() -%}
    getdate()
{%- endmacro %}

{% macro redshift__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro redshift__array_concat(array_1, array_2) -%}
    array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro redshift__array_construct(inputs, data_type) -%}
    array( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro redshift__cast_bool_to_text(field) %}
    case
        when {{ field }} is true then 'true'
        when {{ field }} is false then 'false'
    end::text
{% endmacro %}

{% macro redshift__length(expression) %}

    len(
        {{ expression }}
    )

{%- endmacro %}

{# With a limit, the list is cut by a pattern made of the delimiter. #}
{% macro redshift__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}

    {% if limit_num -%}
    {% set pattern = namespace(text=delimiter_text | trim("'")) %}
    {% set special %}\,^,$,.,|,?,*,+,(,),[,],{,}{% endset %}
    {%- for char in special.split(',') -%}
        {% set pattern.text = pattern.text | replace(char, '\\\\' ~ char) %}
    {%- endfor -%}

    {% set regex %}'([^{{ pattern.text }}]+{{ pattern.text }}){1,{{ limit_num - 1 }}}[^{{ pattern.text }}]+'{% endset %}
    regexp_substr(
        listagg(
            {{ measure }},
            {{ delimiter_text }}
            )
            {% if order_by_clause -%}
            within group ({{ order_by_clause }})
            {%- endif %}
        ,{{ regex }}
        )
    {%- else %}
    listagg(
        {{ measure }},
        {{ delimiter_text }}
        )
        {% if order_by_clause -%}
        within group ({{ order_by_clause }})
        {%- endif %}
    {%- endif %}

{%- endmacro %}

{% macro redshift__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 %}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}
{% endmacro %}

{% macro redshift__hash(field) -%}
    {{ return(dbt.default__hash(field)) }}
{%- endmacro %}
