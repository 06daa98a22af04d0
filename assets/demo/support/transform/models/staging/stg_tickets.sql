select
    id as ticket_id,
    requester_id as customer_id,
    assignee_id as agent_id,
    subject,
    priority,
    created_at,
    solved_at
from {{ source('helpdesk', 'tickets') }}
where not {{ is_spam('subject') }}
