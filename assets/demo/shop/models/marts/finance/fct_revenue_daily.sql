select
    ordered_at as day,
    '{{ var("currency") }}' as currency,
    count(*) as orders,
    sum(amount) as revenue
from {{ ref('fct_orders') }}
where status <> 'returned'
group by ordered_at
