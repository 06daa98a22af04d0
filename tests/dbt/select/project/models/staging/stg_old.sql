select * from {{ source('raw_old', 'orders') }}
