select
    t.ticket_id,
    t.customer_id,
    t.priority,
    t.created_at,
    min(r.written_at) as first_reply_at
from {{ ref('stg_tickets') }} as t
left join {{ ref('stg_replies') }} as r
    on r.ticket_id = t.ticket_id and r.author_id = t.agent_id
group by t.ticket_id, t.customer_id, t.priority, t.created_at
