{{ config(materialized='view' if var('step') == 2 else 'table') }}
select id from {{ ref('rows') }}
