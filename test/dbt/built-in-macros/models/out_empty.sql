{{ config(materialized='external', location=env_var('OUT') ~ '/empty.parquet') }}
select * from {{ ref('rows') }} where false
