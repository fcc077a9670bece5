{{ config(contract={'enforced': true}) }}
select id as child_id, 1.5::decimal(10,2) as share from {{ ref('child') }}
