-- @materialize incremental   @write append   @cursor id
select id, customer, amount from raw.orders
