{{ config(materialized='view' if var('step') == 1 else 'incremental') }}
select id from {{ ref('rows') }}
