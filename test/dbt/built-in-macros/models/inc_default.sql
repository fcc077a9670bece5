{{ config(materialized='incremental') }}
select id, amount from {{ ref('rows') }}
