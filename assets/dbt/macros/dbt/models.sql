{# What a model asks about itself, and what its hooks are made with. #}

{% macro is_incremental() %}
    {% if not execute %}
        {{ return(False) }}
    {% endif %}
    {% set relation = adapter.get_relation(this.database, this.schema, this.table) %}
    {{ return(relation is not none
              and relation.type == 'table'
              and model.config.materialized == 'incremental'
              and not should_full_refresh()) }}
{% endmacro %}

{% macro should_full_refresh() %}
    {% set configured = config.get('full_refresh') %}
    {% do return(flags.FULL_REFRESH if configured is none else configured) %}
{% endmacro %}

{% macro should_store_failures() %}
    {% set configured = config.get('store_failures') %}
    {% do return(flags.STORE_FAILURES if configured is none else configured) %}
{% endmacro %}

{% macro set_sql_header(config) -%}
  {{ config.set('sql_header', caller()) }}
{%- endmacro %}

{% macro make_hook_config(sql, inside_transaction) %}
    {{ tojson({'sql': sql, 'transaction': inside_transaction}) }}
{% endmacro %}

{% macro before_begin(sql) %}
    {{ make_hook_config(sql, inside_transaction=False) }}
{% endmacro %}

{% macro in_transaction(sql) %}
    {{ make_hook_config(sql, inside_transaction=True) }}
{% endmacro %}

{% macro after_commit(sql) %}
    {{ make_hook_config(sql, inside_transaction=False) }}
{% endmacro %}
