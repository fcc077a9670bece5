-- What readers of the old shape go on reading, whatever comes. @key id
select id, name, age from raw.people
