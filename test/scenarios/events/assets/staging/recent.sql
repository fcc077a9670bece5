-- The same by cursor: each run looks three days back behind the newest day it has.
-- @materialize incremental   @key id   @cursor day   @lag 3 days
select id, user_id, day, points, extracted_at
from raw.events
qualify row_number() over (partition by id order by extracted_at desc) = 1
