select 1 as id, 'one' as name, 2 as price
