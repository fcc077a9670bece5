{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', indexes=[{'columns': ['id']}]) }}
select id, name, amount from {{ ref('rows') }}
