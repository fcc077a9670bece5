-- @key customer   @write merge
select customer, count(*) as orders, sum(amount) as amount from staging.big_orders group by customer
