select
    view_id,
    customer_id,
    page_path,
    viewed_at
from {{ source('web', 'page_views') }}
where customer_id is not null
