{{ config(materialized='external', location=env_var('OUT') ~ '/out2.CSV.GZ') }}
select * from {{ ref('rows') }}
