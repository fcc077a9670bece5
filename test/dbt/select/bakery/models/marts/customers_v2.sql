select customer_id, {{ cents('2') }} as spent from {{ ref('orders') }}
