{{ config(materialized='ephemeral') }}
with once as (select order_id from {{ ref('only_placed') }})
select p.* from {{ ref('only_placed') }} p join once using (order_id)
