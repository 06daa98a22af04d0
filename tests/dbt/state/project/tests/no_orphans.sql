select * from {{ ref('base') }} where false
