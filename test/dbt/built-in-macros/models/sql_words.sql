select {{ dbt.dateadd('quarter', 1, "date '2024-01-31'") }} as a, {{ dbt.dateadd('week', 'amount', 'moment') }} as b, {{ dbt.dateadd('Day', -1, 'moment') }} as c,
  {{ dbt.datediff('moment', "timestamp '2024-03-04'", 'week') }} as d, {{ dbt.datediff('moment', "timestamp '2023-03-04'", 'week') }} as e, {{ dbt.datediff('moment', "'2025-01-01'", 'month') }} as f,
  {{ dbt.last_day('moment', 'quarter') }} as g, {{ dbt.last_day('moment', 'month') }} as h, {{ dbt.date_trunc('week', 'moment') }} as i, {{ dbt.date(2024, 2, 29) }} as j,
  {{ dbt.split_part('name', "'e'", 1) }} as k, {{ dbt.concat(['name', "'x'"]) }} as l, {{ dbt.hash('name') }} as m, {{ dbt.length('name') }} as n, {{ dbt.position("'n'", 'name') }} as o,
  {{ dbt.replace('name', "'o'", "'0'") }} as p, {{ dbt.right('name', 2) }} as q, {{ dbt.string_literal(dbt.escape_single_quotes("it's")) }} as r, {{ dbt.safe_cast('amount', type_string()) }} as s,
  {{ dbt.cast_bool_to_text('amount > 2') }} as t, {{ dbt.array_append('[1, 2]', 'amount') }} as u, {{ dbt.array_concat('[1]', '[2]') }} as v, {{ dbt.array_construct(['id', 'amount']) }} as w, {{ dbt.array_construct() }} as x,
  {{ cast('id', type_bigint()) }} as y, {{ cast('id', type_numeric()) }} as z, {{ cast('id', type_float()) }} as aa, {{ cast('moment', type_timestamp()) }} as bb, {{ cast('id', type_int()) }} as cc, {{ cast('1', type_boolean()) }} as dd,
  {{ equals('id', 'amount') }} as ee, {{ dbt.snapshot_string_as_time('2024-01-01') }} as ff
from {{ ref('rows') }}
