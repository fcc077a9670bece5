select id from {{ ref('rows') }} {{ dbt.except() }} select 1 {{ dbt.intersect() }} select amount from {{ ref('rows') }}
