select o.id, c.id as customer_id from {{ ref('stg_orders') }} o join {{ ref('stg_customers') }} c on true
