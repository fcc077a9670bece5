select 2 as id, 1 as customer_id from {{ source('shop', 'orders') }}
