-- The airports as they were known at any time: one row per version.
-- @key iata   @write scd2   @owner operations   @tag mart
select iata, name, city, state, country, latitude, longitude
from staging.airports
