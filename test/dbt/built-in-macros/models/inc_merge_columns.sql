{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['id'], merge_update_columns=['name'], merge_update_condition='DBT_INTERNAL_SOURCE.amount > 0', merge_insert_condition='DBT_INTERNAL_SOURCE.id != 5') }}
select id, name, amount from {{ ref('rows') }}
