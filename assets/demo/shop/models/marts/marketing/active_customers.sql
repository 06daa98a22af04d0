select
    customer_id,
    email,
    first_name,
    country,
    lifetime_value,
    last_ordered_at
from {{ ref('dim_customers') }}
where marketing_consent
  and email is not null
  and last_ordered_at is not null
