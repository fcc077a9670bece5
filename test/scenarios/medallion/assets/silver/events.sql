-- One row per event, typed, shops called alike; of an event that came twice, the one that was loaded last.
-- @key id
select
  id::bigint as id,                                      -- @not_null
  upper(trim(shop)) as shop,                             -- @not_null
  try_cast(day as date) as day,                          -- @not_null
  try_cast(amount as decimal(12, 2)) as amount           -- @not_null
from bronze.events
where try_cast(id as bigint) is not null
  and try_cast(day as date) is not null
  and try_cast(amount as decimal(12, 2)) is not null
  and trim(shop) <> ''
qualify row_number() over (partition by id order by _loaded_at desc, _source desc) = 1
