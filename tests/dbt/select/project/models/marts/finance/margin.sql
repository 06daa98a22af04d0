select * from {{ ref('revenue') }} join {{ ref('customers') }} using (id)
