{{ config(materialized='external', location=env_var('OUT') ~ '/parts', options={'partition_by': 'id, name', 'overwrite_or_ignore': 1}) }}
select * from {{ ref('rows') }}
