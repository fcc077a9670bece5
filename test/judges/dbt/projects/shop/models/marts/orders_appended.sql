{{ config(materialized='incremental', incremental_strategy='append') }}
select order_id, {{ dbt.current_timestamp() }}::date is not null as has_time from {{ ref('stg_orders') }}
