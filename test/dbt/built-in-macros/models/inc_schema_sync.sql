{{ config(materialized='incremental', on_schema_change='sync_all_columns', unique_key='id') }}
select id, {{ 'amount::bigint as amount, note' if var('step') == 2 else 'amount::text as amount, name' }} from {{ ref('rows') }}
