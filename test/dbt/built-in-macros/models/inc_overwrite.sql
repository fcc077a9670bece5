{{ config(materialized='incremental', incremental_strategy='insert_overwrite') }}
select id from {{ ref('rows') }}
