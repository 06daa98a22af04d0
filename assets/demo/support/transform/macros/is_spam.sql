{% macro is_spam(column) -%}
    (lower({{ column }}) like '%lottery%' or lower({{ column }}) like '%seo offer%')
{%- endmacro %}
