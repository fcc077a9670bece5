select * from {{ ref('invoices') }} join {{ ref('stg_customers') }} using (id) where false
