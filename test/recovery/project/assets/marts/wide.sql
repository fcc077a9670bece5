-- So large that its file is written for a while.
select i as n, hash(i, (select max(id) from staging.orders))::varchar as text from range(150000) as r(i)
