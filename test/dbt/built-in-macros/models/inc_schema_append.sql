{{ config(materialized='incremental', on_schema_change='append_new_columns', unique_key='id') }}
select * exclude ({{ 'moment' if var('step') == 2 else 'amount' }}) from {{ ref('rows') }}
