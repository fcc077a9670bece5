{{ config(sorted_by=['id'], partitioned_by='id') }}
select * from {{ ref('rows') }}
