{{ config(tags=['weekly'], alias='customers') }} select customer_id, 3 as spent from {{ ref('orders') }}
