-- Customers who have ordered before, but not for {{ var('lapsed_after_days') }} days.
select
    customer_id,
    email,
    last_ordered_at
from {{ ref('dim_customers') }}
where marketing_consent
  and last_ordered_at < {{ dbt.dateadd('day', -1 * var('lapsed_after_days'), 'current_date') }}
