-- @materialize view
select * from staging.orders where amount > 50
