{{ config(unique_key='id', meta={'owner': 'core', 'checked': true}) }}
select * from {{ ref('stg_customers') }} join {{ ref('stg_orders') }} using (id)
