/** Templates as dbt projects hold them; `@` stands for a number, so that no two are the same. */
const kinds: readonly string[] = [
  `{{ config(materialized='view') }}

with source as (

    select * from {{ source('shop', 'raw_orders_@') }}

),

renamed as (

    select
        id as order_id,
        user_id as customer_id,
        order_date,
        status

    from source

)

select * from renamed
`,
  `{{
    config(
        materialized='incremental',
        unique_key='event_id',
        on_schema_change='append_new_columns',
        partition_by={'field': 'event_date', 'data_type': 'date'},
        tags=['events', 'hourly']
    )
}}

{% set event_types = ['page_view', 'click', 'purchase', 'refund'] %}

select
    event_id,
    user_id,
    cast(occurred_at as date) as event_date,
    {% for type in event_types -%}
    sum(case when event_type = '{{ type }}' then 1 else 0 end) as {{ type }}_count
    {%- if not loop.last %},{% endif %}
    {% endfor %}
from {{ ref('stg_events_@') }}
{% if is_incremental() %}
where occurred_at > (select max(occurred_at) from {{ this }})
{% endif %}
group by 1, 2, 3
`,
  `{#- Payments by method, one column each. -#}
{% set payment_methods = var('methods', ['credit_card', 'coupon', 'bank_transfer', 'gift_card']) %}

with orders as (
    select * from {{ ref('stg_orders_@') }}
),

payments as (
    select * from {{ ref('stg_payments_@') }}
),

order_payments as (
    select
        order_id,
        {% for payment_method in payment_methods -%}
        sum(case when payment_method = '{{ payment_method }}' then amount else 0 end) as {{ payment_method }}_amount,
        {% endfor -%}
        sum(amount) as total_amount
    from payments
    group by order_id
)

select
    orders.order_id,
    orders.customer_id,
    {% for payment_method in payment_methods -%}
    order_payments.{{ payment_method }}_amount,
    {% endfor -%}
    order_payments.total_amount as amount
from orders
left join order_payments on orders.order_id = order_payments.order_id
`,
  `{% macro cents_to_dollars(column_name, scale=2) -%}
    ({{ column_name }} / 100)::numeric(16, {{ scale }})
{%- endmacro %}

{% macro columns_of(names, prefix='', except=[]) %}
    {%- for name in names if name not in except %}
    {{ prefix ~ '.' if prefix else '' }}{{ name | lower }}{{ ',' if not loop.last }}
    {%- endfor %}
{% endmacro %}

select
    {{ cents_to_dollars('amount') }} as amount,
    {{ cents_to_dollars('tax', scale=4) }} as tax,
    {{ columns_of(['ID', 'CREATED_AT', '_LOADED'], prefix='p', except=['_LOADED']) }}
from {{ ref('stg_payments_@') }} as p
`,
  `{%- set relations = [] -%}
{%- for region in ['emea', 'amer', 'apac'] -%}
    {%- do relations.append({'region': region, 'name': ref('orders_@_' ~ region)}) -%}
{%- endfor -%}

{%- for relation in relations %}
select
    '{{ relation.region }}' as region,
    {{ loop.index }} as region_number,
    *
from {{ relation['name'] }}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
`,
  `{% set ns = namespace(total=0, names=[]) %}
{% for number in range(1, 8) %}
    {% if number % 2 == 0 %}
        {% set ns.total = ns.total + number %}
    {% elif number == 5 %}
        {% set ns.names = ns.names + ['five_%02d' | format(number)] %}
    {% else %}
        {% do ns.names.append('n' ~ number) %}
    {% endif %}
{% endfor %}
select {{ ns.total }} as total, '{{ ns.names | join("', '") }}' as names from {{ ref('numbers_@') }}
`,
  `{% macro surrogate_key(fields) %}
    {%- set parts = [] -%}
    {%- for field in fields -%}
        {%- do parts.append("coalesce(cast(" ~ field ~ " as varchar), '_null_')") -%}
        {%- if not loop.last %}{%- do parts.append("'-'") -%}{%- endif -%}
    {%- endfor -%}
    md5({{ parts | join(' || ') }})
{% endmacro %}

select
    {{ surrogate_key(['order_id', 'line_number', 'product_id']) }} as line_key,
    order_id,
    line_number
from {{ ref('order_lines_@') }}
{% if target.name == 'dev' %}
where order_date >= '{{ var("start_date", "2024-01-01") }}'
{% endif %}
`,
  `{{ config(materialized='table', schema='finance', enabled=var('finance_enabled', true)) }}

with base as (
    select
        date_trunc('month', invoice_date) as month,
        customer_id,
        sum(net) as net,
        sum(gross) as gross
    from {{ ref('invoices_@') }}
    where status != 'void'
    {%- if target.type == 'duckdb' %}
      and try_cast(invoice_number as bigint) is not null
    {%- elif target.type in ('snowflake', 'redshift') %}
      and try_to_number(invoice_number) is not null
    {%- endif %}
    group by 1, 2
)

select
    base.*,
    lag(net) over (partition by customer_id order by month) as net_before
from base
`,
  `{% macro pivot(column, values, alias=true, agg='sum', cmp='=', prefix='', suffix='', then_value=1) %}
  {% for value in values %}
    {{ agg }}(
      case
      when {{ column }} {{ cmp }} '{{ value | replace("'", "''") }}'
        then {{ then_value }}
      else 0
      end
    )
    {% if alias %}
      as "{{ prefix ~ value ~ suffix }}"
    {% endif %}
    {% if not loop.last %},{% endif %}
  {% endfor %}
{% endmacro %}

select size, {{ pivot('color', ['red', 'blue', "o'range"], suffix='_@') }}
from {{ ref('shirts_@') }}
group by size
`,
  `select
    c.customer_id,
    c.first_name || ' ' || c.last_name as full_name,
    count(o.order_id) as orders,
    min(o.order_date) as first_order,
    max(o.order_date) as most_recent_order,
    coalesce(sum(p.amount), 0) as lifetime_value
from {{ ref('stg_customers_@') }} as c
left join {{ ref('stg_orders_@') }} as o using (customer_id)
left join {{ ref('stg_payments_@') }} as p using (order_id)
group by 1, 2
`,
]

const order = [
  [0, 9, 7, 0, 9, 1, 0, 9, 0, 9, 7, 0, 9, 3, 7, 0, 9, 2, 0, 7],
  [9, 5, 0, 9, 7, 0, 8, 9, 0, 7, 9, 6, 0, 9, 7, 4, 0, 7, 9, 0],
].flat()

/**
 * In the shares in which public dbt projects hold them, or harder: of 15,759 files a third have an `if` and
 * a ninth a `for`.
 */
export const templates: readonly string[] = order.map(index => kinds[index] ?? '')
