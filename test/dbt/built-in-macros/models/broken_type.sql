{{ config(contract={'enforced': true}) }}
select id::text as id, name from {{ ref('rows') }}
