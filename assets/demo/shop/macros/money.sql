{% macro cents_to_units(column, decimals=2) -%}
    round({{ column }} / 100.0, {{ decimals }})
{%- endmacro %}
