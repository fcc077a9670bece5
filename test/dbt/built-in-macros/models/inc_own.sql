{{ config(materialized='incremental', incremental_strategy='own') }}
select id from {{ ref('rows') }}
