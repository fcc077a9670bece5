-- No order is lost on the way: passes when it returns no rows.
select r.revenue, s.amount
from (select sum(revenue) as revenue from marts.revenue) r, (select sum(amount) as amount from raw.orders) s
where r.revenue <> s.amount
