-- Orders worth counting.
-- @key id   @owner finance
select
  id,                                  -- @not_null @unique
  country,
  amount,                              -- @min 0
  ordered_on as day
from raw.orders
where amount > 0
