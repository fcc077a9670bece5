-- @key segment
select segment, count(*) as customers from marts.customer_history where is_current group by segment
