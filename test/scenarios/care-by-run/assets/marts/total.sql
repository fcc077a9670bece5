select sensor, count(*) as readings, sum(value) as value from raw.readings group by all
