select 2 as id from {{ ref('stg_orders') }} join {{ ref('countries') }} using (id)
