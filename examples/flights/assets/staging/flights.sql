-- One row per flight: exact duplicates dropped, names and types as the marts use them.
-- @owner operations   @tag staging
select distinct
  date as departed_at,                    -- Local time of departure, to the minute. @not_null
  date::date as day,                      -- @not_null @between 2001-01-01 2001-07-01
  delay::integer as delay_minutes,        -- Negative: early. @not_null @between -90 1440 warn
  distance::integer as distance_miles,    -- @between 1 5000
  origin,                                 -- IATA code. @matches ^[A-Z]{3}$ @relationships staging.airports.iata
  destination                             -- IATA code. @matches ^[A-Z]{3}$ @relationships staging.airports.iata
from raw.flights
