{{ config(materialized='table_function', parameters=['low', 'high']) }}
select * from {{ ref('rows') }} where amount between low and high
