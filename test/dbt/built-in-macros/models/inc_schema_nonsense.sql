{{ config(materialized='incremental', on_schema_change='whatever') }}
select id, name from {{ ref('rows') }}
