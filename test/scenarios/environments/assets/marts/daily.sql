-- @partition day from 2026-01-01 until 2026-01-05
select day, sum(amount) as amount from staging.orders group by all
