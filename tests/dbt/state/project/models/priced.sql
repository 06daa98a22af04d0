select {{ cents('price') }} as price from {{ ref('base') }}
