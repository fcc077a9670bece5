select country, sum(amount) as revenue from staging.orders group by all
