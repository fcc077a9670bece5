-- One row per airport.
-- @key iata   @owner operations   @tag staging
select
  trim(iata) as iata,                          -- @not_null @unique
  trim(name) as name,                          -- @not_null
  trim(city) as city,
  trim(state) as state,                        -- @length 2 2 warn
  country,
  latitude::decimal(9, 6) as latitude,         -- @between -90 90
  longitude::decimal(9, 6) as longitude        -- @between -180 180
from raw.airports
