select
    country,
    count(*) as customers,
    avg(lifetime_value) as average_lifetime_value
from {{ ref('dim_customers') }}
group by country
