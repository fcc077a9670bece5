{{ config(alias='customers_staged') }}
select id as customer_id, name, joined_on, score, '{{ var("currency") }}' as currency, '{{ var("greeting") }}' as greeting
from {{ source('raw', 'raw_customers') }}
