{{ config(materialized='view', persist_docs={'relation': true, 'columns': true}, sql_header='set errors_as_json = false;') }}
select * from {{ ref('rows') }} -- trailing comment
