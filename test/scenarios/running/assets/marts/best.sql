select user_id, max(total) as total from marts.running group by all
