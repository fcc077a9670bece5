select id, country, day, amount::decimal(12, 2) as amount from raw.orders
