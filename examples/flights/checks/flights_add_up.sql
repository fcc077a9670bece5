-- No flight is lost between staging and the marts: passes when it returns no rows.
select s.flights as staged, d.flights as daily, r.flights as routed
from (select count(*) as flights from staging.flights) s,
     (select sum(flights) as flights from marts.on_time_daily) d,
     (select sum(flights) as flights from marts.routes) r
where s.flights <> d.flights or s.flights <> r.flights
