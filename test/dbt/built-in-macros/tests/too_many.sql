{{ config(severity='warn', warn_if='> 2', error_if='> 100') }}
select * from {{ ref('rows') }}
