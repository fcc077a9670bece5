{{ config(materialized='ephemeral') }}
select * from {{ ref('stg_orders') }} where status in ({% for status in wanted_states() %}'{{ status }}'{% if not loop.last %}, {% endif %}{% endfor %})
