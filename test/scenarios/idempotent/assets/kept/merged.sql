-- @write merge   @key account
select account, sum(amount) as amount, count(*) as payments from raw.payments group by account
