select
    o.customer_id,
    min(o.ordered_at) as first_ordered_at,
    max(o.ordered_at) as last_ordered_at,
    count(*) as orders,
    sum(case when o.status = 'returned' then 0 else p.total_amount end) as lifetime_value
from {{ ref('stg_orders') }} as o
left join {{ ref('int_order_payments') }} as p on p.order_id = o.order_id
group by o.customer_id
