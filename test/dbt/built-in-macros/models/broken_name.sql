{{ config(contract={'enforced': true}) }}
select id, name as nom from {{ ref('rows') }}
