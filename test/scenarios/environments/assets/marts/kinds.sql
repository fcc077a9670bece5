select kind, count(*) as events from raw.events group by all
