{{ config(enabled=false) }}
select * from {{ ref('m3') }}
