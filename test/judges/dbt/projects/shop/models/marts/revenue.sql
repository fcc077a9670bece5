{{ config(tags=['daily'], grants={}) }}
{%- set columns = adapter.get_columns_in_relation(ref('stg_customers')) if execute else [] %}
with placed as (select * from {{ ref('placed_again') }})
select
    c.customer_id,
    c.name,
    cast('' as {{ dbt.type_string() }}) as empty,
    {{ columns | length }} as customer_columns,
    sum(placed.amount_cents)::bigint as cents,
    count(placed.order_id) as orders
from {{ ref('stg_customers') }} c
left join placed on placed.customer_id = c.customer_id
group by all
