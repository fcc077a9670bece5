{#- Amounts in cents, and nothing below what the project says. -#}
with source as (
    select * from {{ source('raw', 'raw_orders') }}
)
select
    id as order_id,
    customer_id,
    ordered_at,
    {{ cents('amount') }} as amount_cents,
    status,
    code,
    is_gift
from source
where amount >= {{ var('lowest_amount') }}
