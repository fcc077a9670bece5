select * from {{ ref('only_text') }}
