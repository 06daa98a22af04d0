{# Trino: where it speaks otherwise. #}

{% macro trino__current_timestamp() -%}
    current_timestamp
{%- endmacro %}

{% macro trino__snapshot_string_as_time(timestamp) %}
    {{ return("timestamp '" ~ timestamp ~ "'") }}
{% endmacro %}

{% macro trino__type_float() -%}
    double
{%- endmacro %}

{% macro trino__type_string() -%}
    varchar
{%- endmacro %}

{% macro trino__type_numeric() -%}
    decimal(28, 6)
{%- endmacro %}

{% macro trino__type_int() -%}
    integer
{%- endmacro %}

{% macro trino__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}

{% macro trino__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro trino__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro trino__array_construct(inputs, data_type) -%}
    {%- if inputs -%}
    array[ {{ inputs | join(' , ') }} ]
    {%- else -%}
    null
    {%- endif -%}
{%- endmacro %}

{% macro trino__date_trunc(datepart, date) -%}
    date_trunc('{{ datepart }}', {{ date }})
{%- endmacro %}

{% macro trino__dateadd(datepart, interval, from_date_or_timestamp) -%}
    date_add('{{ datepart }}', {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{# Each part is counted from the next larger one, but days and milliseconds, which are told from the span. #}
{% macro trino__datediff(first_date, second_date, datepart) -%}
    {%- set first = "CAST(" ~ first_date ~ " AS TIMESTAMP)" -%}
    {%- set second = "CAST(" ~ second_date ~ " AS TIMESTAMP)" -%}
    {%- set larger = {'quarter': ['year', 4], 'month': ['year', 12], 'hour': ['day', 24], 'minute': ['hour', 60], 'second': ['minute', 60]} -%}
    {%- if datepart == 'year' -%}
        (year({{ second }}) - year({{ first }}))
    {%- elif datepart in ['quarter', 'month'] -%}
        ({{ datediff(first_date, second_date, larger[datepart][0]) }} * {{ larger[datepart][1] }}) + {{ datepart }}({{ second }}) - {{ datepart }}({{ first }})
    {%- elif datepart in ['hour', 'minute', 'second'] -%}
        ({{ datediff(first_date, second_date, larger[datepart][0]) }} * {{ larger[datepart][1] }} + {{ datepart }}({{ second }}) - {{ datepart }}({{ first }}))
    {%- elif datepart == 'day' -%}
        ((to_milliseconds((CAST({{ second }} AS DATE) - CAST({{ first }} AS DATE)))) / 86400000)
    {%- elif datepart == 'week' -%}
         ({{ datediff(first_date, second_date, 'day') }} / 7 + case
            when dow({{ first }}) <= dow({{ second }}) then
                case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
            else
                case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
        end)
    {%- elif datepart == 'millisecond' -%}
        (to_milliseconds(({{ second }} - {{ first }})))
    {%- elif execute -%}
        {{ exceptions.raise_compiler_error("Unsupported datepart for macro datediff in Trino: {!r}".format(datepart)) }}
    {%- endif -%}
{%- endmacro %}

{% macro trino__hash(field) -%}
    lower(to_hex(md5(to_utf8(cast({{ field }} as varchar)))))
{%- endmacro %}

{% macro trino__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {% set all %} array_agg({{ measure }} {{ order_by_clause if order_by_clause }}){% endset %}
    {% set some %} slice({{ all }} , 1, {{ limit_num }}) {% endset %}
    {% set joined %} array_join({{ some if limit_num else all ~ ' ' }}, {{ delimiter_text }}) {% endset %}
    {% do return(joined) %}
{%- endmacro %}

{% macro trino__right(string_text, length_expression) %}

    case when {{ length_expression }} = 0
        then ''
    else
        substr({{ string_text }}, -1 * ({{ length_expression }}))
    end

{%- endmacro %}

{% macro trino__safe_cast(field, type) -%}
    try_cast({{ field }} as {{ type }})
{%- endmacro %}

{% macro trino__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 %}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}
{% endmacro %}
