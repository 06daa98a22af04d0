select id as reply_id, ticket_id, author_id, written_at
from {{ source('helpdesk', 'replies') }}
