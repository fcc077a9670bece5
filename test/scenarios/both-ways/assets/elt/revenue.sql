-- Loaded first, shaped afterwards, in SQL. @key sku
select sku, (sum(cents * quantity) / 100)::decimal(18, 2) as revenue
from raw.sales
group by sku
