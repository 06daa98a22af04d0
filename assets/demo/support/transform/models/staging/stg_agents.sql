select id as agent_id, name as agent_name, team
from {{ source('helpdesk', 'agents') }}
