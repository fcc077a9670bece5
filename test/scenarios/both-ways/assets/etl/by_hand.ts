import { asset, ref } from 'sluice'

type Sale = { readonly sku: string; readonly cents: bigint; readonly quantity: bigint }

/** And row by row. */
export default asset(
  { sales: ref('raw.sales') },
  async function* ({ sales }) {
    const cents = new Map<string, bigint>()
    for await (const { sku, cents: price, quantity } of sales as AsyncIterable<Sale>) {
      cents.set(sku, (cents.get(sku) ?? 0n) + price * quantity)
    }
    for (const [sku, sum] of cents)
      yield { sku, revenue: `${sum / 100n}.${String(sum % 100n).padStart(2, '0')}` }
  },
  { key: 'sku', columns: { sku: 'VARCHAR', revenue: 'DECIMAL(18,2)' } },
)
