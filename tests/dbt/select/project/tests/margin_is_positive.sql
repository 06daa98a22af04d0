select * from {{ ref('margin') }} join {{ ref('revenue') }} using (id) where false
