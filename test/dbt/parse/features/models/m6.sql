select * from {{ ref('m5') }} union all select * from {{ ref('m5', v=1) }} union all select * from {{ ref('features','m5',version=2) }}
