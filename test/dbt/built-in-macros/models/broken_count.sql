{{ config(contract={'enforced': true}) }}
select id, name, amount from {{ ref('rows') }}
