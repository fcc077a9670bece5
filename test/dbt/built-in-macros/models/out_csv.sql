{{ config(materialized='external', location=env_var('OUT') ~ '/out.csv', delimiter='|') }}
select * from {{ ref('rows') }}
