{% snapshot orders_history %}
{{ config(unique_key='order_id', strategy='check', check_cols=['status', 'amount_cents'], hard_deletes='invalidate') }}
select order_id, status, amount_cents from {{ ref('stg_orders') }}
{% endsnapshot %}
