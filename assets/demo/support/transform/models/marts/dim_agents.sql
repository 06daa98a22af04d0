select
    a.agent_id,
    a.agent_name,
    a.team,
    count(t.ticket_id) as tickets
from {{ ref('stg_agents') }} as a
left join {{ ref('stg_tickets') }} as t on t.agent_id = a.agent_id
group by a.agent_id, a.agent_name, a.team
