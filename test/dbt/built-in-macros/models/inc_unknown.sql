{{ config(materialized='incremental', incremental_strategy='nothing_such') }}
select id from {{ ref('rows') }}
