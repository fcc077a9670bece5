{{ config(materialized='external', location=env_var('OUT') ~ '/out.parquet', options={'codec': 'zstd'}) }}
select * from {{ ref('rows') }}
