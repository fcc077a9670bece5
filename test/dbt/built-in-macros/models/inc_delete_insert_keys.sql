{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['id', 'name'], incremental_predicates=['DBT_INCREMENTAL_TARGET.amount < 26']) }}
select id, name, amount from {{ ref('rows') }}
