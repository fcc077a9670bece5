select id, customer, amount, day from {{ ref('raw_orders') }} where amount >= {{ var('least') }}
