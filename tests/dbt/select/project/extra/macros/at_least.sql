{% test at_least_one(model, column_name) %}select count({{ column_name }}) from {{ model }} having count(*) = 0{% endtest %}
