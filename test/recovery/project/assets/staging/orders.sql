-- @key id
select id, customer, day, amount from raw.orders
