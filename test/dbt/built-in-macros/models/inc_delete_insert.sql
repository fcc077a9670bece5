{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='id', incremental_predicates=['amount < 26']) }}
select id, amount from {{ ref('rows') }}
