-- @partition day from 2026-01-01 until 2026-01-06   @write replace-partition
select id, account, day, amount from raw.payments
