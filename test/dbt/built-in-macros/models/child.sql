{{ config(contract={'enforced': true}) }}
select row_number() over () as id, id as parent_id from {{ ref('parent') }}
