with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('int_customer_orders') }}

)

select
    customers.customer_id,
    customers.first_name,
    customers.last_name,
    customers.email,
    customers.country,
    customers.marketing_consent,
    orders.first_ordered_at,
    orders.last_ordered_at,
    coalesce(orders.orders, 0) as orders,
    coalesce(orders.lifetime_value, 0) as lifetime_value
from customers
left join orders on orders.customer_id = customers.customer_id
