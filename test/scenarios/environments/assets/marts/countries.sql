-- @key country
-- @write scd2
select country, min(id) as id from staging.orders group by all
