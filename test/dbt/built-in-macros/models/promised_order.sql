{{ config(contract={'enforced': true}) }}
select name, id from {{ ref('rows') }}
