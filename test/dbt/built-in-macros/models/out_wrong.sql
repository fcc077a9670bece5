{{ config(materialized='external', location=env_var('OUT') ~ '/wrong', format='xml') }}
select 1 as id
