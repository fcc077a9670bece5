select a.id, b.price, c.name from {{ ref('product', v=1) }} a join {{ ref('product', version=2) }} b using (id) join {{ ref('shop', 'product') }} c using (id)
