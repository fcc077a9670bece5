{{ config(materialized='external', location=env_var('OUT') ~ '/out.json', format='json') }}
select * from {{ ref('rows') }}
