-- @write snapshot
select count(*) as orders, sum(amount) as amount from staging.orders
