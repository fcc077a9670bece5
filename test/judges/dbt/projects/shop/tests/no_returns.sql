-- There is one: this test fails.
select * from {{ ref('stg_orders') }} where status = 'returned'
