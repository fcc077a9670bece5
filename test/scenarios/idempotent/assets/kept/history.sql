-- @write scd2   @key account
select account, max(day) as last_day from raw.payments group by account
