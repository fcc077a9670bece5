select * from {{ ref('m1') }} join {{ ref('features', 's1') }} using (id) -- {{ this.schema }}
