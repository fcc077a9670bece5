-- Each event once, as it was extracted last.
-- @key id   @partition day from 2026-01-01 until 2026-01-11
select id, user_id, day, points, extracted_at
from raw.events
qualify row_number() over (partition by day, id order by extracted_at desc) = 1
