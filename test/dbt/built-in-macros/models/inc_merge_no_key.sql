{{ config(materialized='incremental', incremental_strategy='merge') }}
select id, name, amount from {{ ref('rows') }}
