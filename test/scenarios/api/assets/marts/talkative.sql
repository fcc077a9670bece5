-- How much is said about each ticket. @key ticket
select t.id as ticket, t.author__name as author, count(m._index) as messages
from raw.tickets t
left join raw.tickets__messages m on m._parent_key = t._key
group by all
