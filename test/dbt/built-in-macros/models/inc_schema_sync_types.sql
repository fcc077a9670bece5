{{ config(materialized='incremental', on_schema_change='sync_all_columns', unique_key='id') }}
select id, amount::{{ 'bigint' if var('step') == 2 else 'integer' }} as amount from {{ ref('rows') }}
