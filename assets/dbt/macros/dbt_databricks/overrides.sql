{# Databricks: where it speaks otherwise than Spark. #}

{% macro databricks__dateadd(datepart, interval, from_date_or_timestamp) %}
    timestampadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{% endmacro %}

{% macro databricks__datediff(first_date, second_date, datepart) %}
    timestampdiff({{ datepart }}, {{ first_date }}, {{ second_date }})
{% endmacro %}

{% macro databricks__any_value(expression) -%}
    any_value({{ expression }})
{%- endmacro %}
