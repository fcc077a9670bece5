-- @key id   @write scd2
select id, name, city from raw.customers
