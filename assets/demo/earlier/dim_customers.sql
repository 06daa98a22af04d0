select
    customers.customer_id,
    customers.first_name,
    customers.last_name,
    customers.email,
    customers.country,
    orders.first_ordered_at,
    orders.last_ordered_at,
    orders.orders,
    orders.lifetime_value
from {{ ref('stg_customers') }} as customers
left join {{ ref('int_customer_orders') }} as orders
    on orders.customer_id = customers.customer_id
