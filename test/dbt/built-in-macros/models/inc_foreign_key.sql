{{ config(materialized='incremental', on_schema_change='append_new_columns', contract={'enforced': true}) }}
select id, name from {{ ref('rows') }} {% if is_incremental() %}where false{% endif %}
