select 3 as id from {{ ref('stg_orders') }}
