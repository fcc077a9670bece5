import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the documents call `https://api.example.com`: rates in pages of two, orders behind a cursor. */
export type Api = { readonly url: string; readonly close: () => Promise<void> }

const rates = [
  { day: '2026-01-01', currency: 'CHF', rate: '0.9312' },
  { day: '2026-01-01', currency: 'USD', rate: '1.1048' },
  { day: '2026-01-02', currency: 'CHF', rate: '0.9298' },
  { day: '2026-01-02', currency: 'USD', rate: '1.1052' },
  { day: '2026-01-03', currency: 'CHF', rate: '0.9305' },
]
const orders = [
  { id: 9007199254740993n, updated_at: '2026-01-01T10:00:00Z', lines: [{ sku: 'pen', count: 2 }] },
  { id: 9007199254740994n, updated_at: '2026-01-02T11:30:00Z', lines: [{ sku: 'ink', count: 1 }] },
  {
    id: 9007199254740995n,
    updated_at: '2026-01-03T08:15:00Z',
    lines: [
      { sku: 'pen', count: 1 },
      { sku: 'pad', count: 5 },
    ],
  },
]
const size = 2

export async function openApi(): Promise<Api> {
  const server = createServer(({ url = '/', headers }, answer) => {
    const { pathname, searchParams } = new URL(url, 'http://here')
    const say = (status: number, body: string) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(body)
    if (pathname === '/rates') {
      const since = searchParams.get('since') ?? ''
      const page = Number(searchParams.get('page') ?? '1')
      const found = rates.filter(({ day }) => day >= since)
      const next = found.length > page * size ? `/rates?since=${since}&page=${page + 1}` : null
      say(200, JSON.stringify({ rates: found.slice((page - 1) * size, page * size), next }))
    } else if (pathname === '/orders' && headers.authorization === 'Bearer open-sesame') {
      const since = searchParams.get('updated_after') ?? ''
      const from = Number(searchParams.get('cursor') ?? '0')
      const found = orders.filter(({ updated_at }) => updated_at >= since)
      const next = found.length > from + size ? String(from + size) : null
      say(200, exact({ data: { items: found.slice(from, from + size) }, meta: { next } }))
    } else say(pathname === '/orders' ? 401 : 404, '{}')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(done => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}

/** JSON that keeps the digits of a bigint. */
function exact(value: unknown): string {
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `bigint:${each}` : each))
  return text.replaceAll(/"bigint:(\d+)"/g, '$1')
}
