select
    id as customer_id,
    first_name,
    last_name,
    lower(email) as email,
    country,
    created_at,
    marketing_consent
from {{ ref('raw_customers') }}
