select customer_id, {{ cents('1') }} as spent from {{ ref('orders') }}
