-- What each shop took on each day.
-- @key shop, day
select
  shop,
  day,
  sum(amount) as taken,                                  -- @min 0
  count(*) as events                                     -- @min 1
from silver.events
group by all
