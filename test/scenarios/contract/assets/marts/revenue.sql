-- Revenue per country.
-- @key country   @owner finance
select
  country,
  sum(amount) as revenue,              -- @not_null
  count(*) as orders
from staging.orders
group by country
