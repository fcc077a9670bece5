{{ config(event_time='moment') }}
select id, amount, moment from {{ ref('rows') }}
