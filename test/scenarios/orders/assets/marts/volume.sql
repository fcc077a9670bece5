-- Watched by its figures: how much, how many, how new. @key id
-- @changed_by_at_most 0.5   @row_count 2 1000
select
  id,
  amount,                        -- @mean_between 10 1000 @quantile_between 0.5 0 500 warn @null_share 0
  created_at,                    -- @freshness 2 days
  status                         -- @distinct_count 1 3
from raw.orders
