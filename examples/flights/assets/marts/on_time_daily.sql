-- How punctual each airport was on each day. Late: fifteen minutes or more after schedule.
-- @key airport, day   @partition day from 2001-01-01 until 2001-07-02   @owner operations   @tag mart
select
  origin as airport,                                                  -- @not_null
  day,
  count(*) as flights,                                                -- @min 1
  count(*) filter (delay_minutes >= 15) as late_flights,              -- @min 0
  round(avg(delay_minutes), 2) as mean_delay_minutes,
  sum(distance_miles) as miles                                        -- @not_null
from staging.flights
group by all
