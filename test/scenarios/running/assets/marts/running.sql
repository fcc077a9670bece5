-- What each user spent on each day, and up to it.
-- @key user_id, day   @partition day   @write merge
with daily as (
  select user_id, day, sum(amount) as spent, count(*) as purchases
  from raw.purchases
  group by all
)
select
  user_id,                                               -- @not_null
  day,
  spent,
  purchases,
  sum(spent) over upto as total,
  sum(purchases) over upto as purchases_so_far
from daily
window upto as (partition by user_id order by day)
