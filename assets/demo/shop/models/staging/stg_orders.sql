select
    id as order_id,
    customer_id,
    product_id,
    ordered_at,
    status,
    quantity
from {{ ref('raw_orders') }}
