-- @write append   @cursor id
select id, account, day, amount from raw.payments
