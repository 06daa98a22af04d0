{% macro cents(column) %}{{ rounded(column) }} / 100{% endmacro %}

{% macro rounded(column) %}round({{ column }}){% endmacro %}

{% macro unused() %}1{% endmacro %}

{% test is_positive(model, column_name) %}select 1 from {{ model }} where {{ floor_of(column_name) }} < 0{% endtest %}

{% macro floor_of(column) %}floor({{ column }}){% endmacro %}
