-- The customers of the newest batch, cleaned. Two with one id, or one without, stop everything behind.
-- @owner crm
select
  id,                                                     -- @not_null @unique
  lower(trim(email)) as email,                            -- @matches '^[^@ ]+@[^@ ]+\.[a-z]+$' mostly 0.9 warn
  regexp_replace(phone, '[^0-9]', '', 'g') as phone,
  case when spent >= 1000 then 'gold' when spent >= 100 then 'silver' else 'plain' end as segment,
  batch
from raw.customers
where batch = (select max(batch) from raw.customers)
