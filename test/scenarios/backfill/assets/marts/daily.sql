-- @key day   @partition day from 2026-01-01 until 2026-01-11
-- @expression visits < 1000
select day, sum(visits)::bigint as visits from raw.visits group by day
