{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', merge_exclude_columns=['NAME'], incremental_predicates='DBT_INTERNAL_DEST.amount < 100') }}
select id, name, amount from {{ ref('rows') }}
