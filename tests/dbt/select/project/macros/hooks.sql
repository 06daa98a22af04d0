{% macro unused() %}{% endmacro %}
