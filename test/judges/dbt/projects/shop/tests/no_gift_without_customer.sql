{{ config(severity='warn') }}
select * from {{ ref('stg_orders') }} where is_gift and customer_id is null
