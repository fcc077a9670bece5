import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
let server: Server
afterEach(async () => {
  shop.close()
  server.closeAllConnections()
  await new Promise(done => server.close(done))
})

type Answer = (response: ServerResponse) => void

const good = (rows: readonly object[]): Answer => {
  return response => void response.setHeader('content-type', 'application/json').end(JSON.stringify(rows))
}

/** An API of orders: it answers well once, then as `bad` does, as often as it is asked, then well again. */
async function told(bad: Answer, options = ''): Promise<{ words: string; asked: number }> {
  let answer: Answer = good([{ id: 1, amount: 10 }])
  let asked = 0
  server = createServer((_request, response) => {
    asked++
    answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = String((server.address() as AddressInfo).port)
  shop = openShop({
    'assets/raw/orders.ts': `import { ingest } from 'sluice'
import { rest } from 'sluice/http'
export default ingest(rest({ url: 'http://127.0.0.1:${port}/orders', attemptsMax: 2, ${options} }), {
  key: 'id', write: 'merge', retries: { times: 0 },
})
`,
    'assets/marts/total.sql': '-- @key one\nselect 1 as one, sum(amount) as amount from raw.orders\n',
  })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  answer = bad
  asked = 0
  const words = (await shop.type('run', '--force'))
    .replaceAll(port, '[port]')
    .replaceAll(/in \d+(\.\d+)? s\./g, 'in [time].')
  const askedThen = asked
  expect(await shop.rows('from marts.total')).toEqual([['1', '10']])
  expect(await shop.rows('select count(*) from raw.orders')).toEqual([['1']])
  answer = response =>
    void response
      .setHeader('content-type', 'application/json')
      .end('[{"id":1,"amount":10},{"id":2,"amount":9007199254740993}]')
  expect(await shop.type('run', '--force')).toMatch(/exit 0$/)
  expect(await shop.rows('from marts.total')).toEqual([['1', '9007199254741003']])
  await shop.counts()
  return { words, asked: askedThen }
}

test('429 with Retry-After: it waits as long as it is asked to, then gives up', async () => {
  const startedAtMs = Date.now()
  const { words, asked } = await told(
    response => void response.writeHead(429, { 'retry-after': '1' }).end('slow down'),
  )
  expect(Date.now() - startedAtMs).toBeGreaterThan(1000)
  expect(asked).toBe(2)
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      http://127.0.0.1:[port]/orders asks for patience (status 429). Attempt 2 of 2 follows in [time].
      ✗ raw.orders [time]  http://127.0.0.1:[port]/orders asks for patience (status 429).
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error http://127.0.0.1:[port]/orders asks for patience (status 429).
      It wants 1 s of quiet.
      fix  Run again later; to stay below its limit set \`requestsPerSecondMax\`.
      SLUICE_HTTP_BUSY · sluice explain SLUICE_HTTP_BUSY

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})

test('429 that ends: the rows come in one run', async () => {
  let refusals = 1
  const { words } = await told(response => {
    if (refusals-- > 0) response.writeHead(429, { 'retry-after': '0' }).end()
    else good([{ id: 1, amount: 10 }])(response)
  })
  expect(words).toMatch(/exit 0$/)
})

test('500', async () => {
  const { words, asked } = await told(
    response => void response.writeHead(500).end('Traceback: planted-row-value'),
  )
  expect(asked).toBe(2)
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      http://127.0.0.1:[port]/orders answered with an error of its own (status 500). Attempt 2 of 2 follows in [time].
      ✗ raw.orders [time]  http://127.0.0.1:[port]/orders answered with an error of its own (status 500).
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error http://127.0.0.1:[port]/orders answered with an error of its own (status 500).
      fix  Run again; if it stays so, ask whoever runs the server.
      SLUICE_HTTP_SERVER · sluice explain SLUICE_HTTP_SERVER

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})

test('HTML where JSON should be', async () => {
  const { words } = await told(
    response => void response.setHeader('content-type', 'text/html').end('<html>Sign in</html>'),
  )
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      http://127.0.0.1:[port]/orders answered with HTML instead of JSON. Attempt 2 of 2 follows in [time].
      ✗ raw.orders [time]  http://127.0.0.1:[port]/orders answered with HTML instead of JSON.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error http://127.0.0.1:[port]/orders answered with HTML instead of JSON.
      A login page, a proxy or a maintenance notice often does that.
      fix  Open the address in a browser; see whether \`auth\` and the path are right.
      SLUICE_HTTP_NOT_JSON · sluice explain SLUICE_HTTP_NOT_JSON

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})

test('JSON without a list of records', async () => {
  const { words } = await told(
    response => void response.setHeader('content-type', 'application/json').end('{"error":"no such thing"}'),
  )
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  No list of records was found in what http://127.0.0.1:[port]/orders sent.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error No list of records was found in what http://127.0.0.1:[port]/orders sent.
      the body has the keys \`error\`.
      fix  Say where the list lies: \`records: 'data.items'\`.
      SLUICE_HTTP_RECORDS · sluice explain SLUICE_HTTP_RECORDS

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
})

test('half a body, the connection lost', async () => {
  const { words, asked } = await told(response => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('[{"id":1,"amount":10},{"id":2,')
    setTimeout(() => response.destroy(), 20)
  })
  expect(asked).toBe(2)
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      The answer of http://127.0.0.1:[port]/orders broke off after 30 bytes. Attempt 2 of 2 follows in [time].
      ✗ raw.orders [time]  The answer of http://127.0.0.1:[port]/orders broke off after 30 bytes.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error The answer of http://127.0.0.1:[port]/orders broke off after 30 bytes.
      ╰─ terminated
      ╰─ other side closed
      fix  Run again; if it stays so, ask for smaller pages.
      SLUICE_HTTP_CUT · sluice explain SLUICE_HTTP_CUT

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})

test('half a document, the connection closed in order', async () => {
  const { words } = await told(
    response =>
      void response.setHeader('content-type', 'application/json').end('[{"id":1,"amount":10},{"id":2,'),
  )
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      The JSON that http://127.0.0.1:[port]/orders sent does not parse. Attempt 2 of 2 follows in [time].
      ✗ raw.orders [time]  The JSON that http://127.0.0.1:[port]/orders sent does not parse.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error The JSON that http://127.0.0.1:[port]/orders sent does not parse.
      It ends in the middle, after 30 characters.
      fix  Run again; if it stays so, ask whoever runs the server.
      SLUICE_HTTP_JSON_BROKEN · sluice explain SLUICE_HTTP_JSON_BROKEN

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})

test('an answer that never begins', async () => {
  const { words, asked } = await told(() => undefined, 'timeoutMs: 100')
  expect(asked).toBe(2)
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      http://127.0.0.1:[port]/orders did not answer within 100 ms. Attempt 2 of 2 follows in [time].
      ✗ raw.orders [time]  http://127.0.0.1:[port]/orders did not answer within 100 ms.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error http://127.0.0.1:[port]/orders did not answer within 100 ms.
      The limit is \`timeoutMs\`, 100 ms.
      fix  Run again; if the server is slow by nature, raise the limit, or ask for smaller pages.
      SLUICE_HTTP_SILENT · sluice explain SLUICE_HTTP_SILENT

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})

test('an answer that never ends', async () => {
  const drip: Answer = response => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('[')
    const timer = setInterval(() => response.write(' '.repeat(1024)), 2)
    response.on('close', () => clearInterval(timer))
  }
  const { words } = await told(drip, 'bytesMax: 20_000')
  expect(words.replaceAll(/\(\d+ bytes/g, '([n] bytes')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  The answer of http://127.0.0.1:[port]/orders is larger than 20000 bytes.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error The answer of http://127.0.0.1:[port]/orders is larger than 20000 bytes.
      fix  Raise \`bytesMax\`, or ask for smaller pages.
      SLUICE_HTTP_TOO_LARGE · sluice explain SLUICE_HTTP_TOO_LARGE

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
})

test('a connection that is closed at once', async () => {
  const { words } = await told(response => response.destroy())
  expect(words).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      No connection to http://127.0.0.1:[port]/orders. Attempt 2 of 2 follows in [time].
      ✗ raw.orders [time]  No connection to http://127.0.0.1:[port]/orders.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error No connection to http://127.0.0.1:[port]/orders.
      UND_ERR_SOCKET: other side closed
      fix  See whether it answers from this machine: \`curl -I 'http://127.0.0.1:[port]/orders'\`.
      SLUICE_HTTP_UNREACHABLE · sluice explain SLUICE_HTTP_UNREACHABLE

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})
