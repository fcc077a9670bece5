{{ config(materialized='incremental', incremental_strategy='append') }}
select id, amount from {{ ref('rows') }} {% if is_incremental() %}where id not in (select id from {{ this }}){% endif %}
