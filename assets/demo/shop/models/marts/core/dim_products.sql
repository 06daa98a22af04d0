select
    p.product_id,
    p.product_name,
    p.category,
    p.price,
    coalesce(sum(o.quantity), 0) as sold
from {{ ref('stg_products') }} as p
left join {{ ref('stg_orders') }} as o
    on o.product_id = p.product_id and o.status <> 'returned'
group by p.product_id, p.product_name, p.category, p.price
