-- What each user did on each day.
-- @write merge   @key user_id, day   @partition day from 2026-01-01 until 2026-01-11
select user_id, day, count(*) as events, sum(points)::bigint as points
from staging.events
group by all
