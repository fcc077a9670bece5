-- Before anybody reads the volume: it holds every order. @severity warn
select id from raw.orders where id not in (select id from marts.volume)
