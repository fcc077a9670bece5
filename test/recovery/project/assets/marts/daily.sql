-- @key day   @partition day(day)   @materialize incremental
select day, count(*) as orders, sum(amount) as amount from staging.orders group by day
