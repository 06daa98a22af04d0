-- Customers with an open ticket that nobody has answered: to be shown in the shop's own tools.
select
    customer_id,
    count(*) as waiting_tickets,
    min(created_at) as waiting_since
from {{ ref('fct_first_reply') }}
where first_reply_at is null
group by customer_id
