-- Mean temperature per day. @key day   @partition day from 2026-01-01 until 2026-01-05
select day, count(*) as readings, avg(celsius)::decimal(5, 2) as celsius
from raw.readings
group by day
