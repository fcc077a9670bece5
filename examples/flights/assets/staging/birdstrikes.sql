-- Reported wildlife strikes, with the airline's name as people write it.
-- @materialize view   @owner safety   @tag staging
select
  airport,
  aircraft,
  lower(damage) as damage,
  struck_on,
  trim(operator, '* ') as operator,
  state,
  cost_dollars
from raw.birdstrikes
