select country from marts.revenue order by revenue desc limit 1
