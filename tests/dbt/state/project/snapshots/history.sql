{% snapshot history %}
{{ config(target_schema='snap', unique_key='id', strategy='check', check_cols='all') }}
select * from {{ ref('base') }}
{% endsnapshot %}
