{{ config(tags=['weekly', 'nightly']) }} select customer_id, 3 as spent from {{ ref('orders') }}
