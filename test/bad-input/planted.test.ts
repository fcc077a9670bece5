import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => shop.close())

/** Texts that no other part of a project or of this machine would hold. */
const token = 'tok-9f1c7e55a1d84b'
const password = 'pw-77b1d2c90e4f'
const parameter = 'key-51d0c3a2f8e6'

/** A secret as it could show: plain, in base64 as basic auth sends it, or as part of a URL. */
const spellings = [token, password, parameter].flatMap(text => [
  text,
  Buffer.from(text).toString('base64').slice(0, -3),
  Buffer.from(`shop:${text}`).toString('base64').slice(0, -3),
  encodeURIComponent(text).replaceAll('-', '%2D'),
])

function expectNone(found: string, planted: readonly string[]): void {
  expect(planted.filter(text => found.includes(text))).toEqual([])
}

test('secrets of an HTTP source that fails in every way are in no words, no events and no state', async () => {
  const asked: string[] = []
  const ways = ['429', '500', '401', 'echo', 'redirect', 'cut']
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization} ${request.headers['x-api-key']}`)
    const way = new URL(request.url ?? '', 'http://x').pathname.slice(1)
    if (way === 'echo') return void response.end(`<html>${asked.at(-1)}</html>`)
    if (way === 'redirect')
      return void response.writeHead(302, { location: `/echo?again=${parameter}` }).end()
    if (way === 'cut')
      return void response.writeHead(200, { 'content-length': '999' }).write('[', () => response.destroy())
    response.writeHead(Number(way), { 'retry-after': '0' }).end(`no: ${asked.at(-1)}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const names = { SHOP_TOKEN: token, SHOP_PASSWORD: password, SHOP_KEY: parameter }
  Object.assign(process.env, names)
  try {
    const source = (way: string, auth: string) => `import { ingest, secret } from 'sluice'
import { rest } from 'sluice/http'
export default ingest(rest({
  url: 'http://127.0.0.1:${port}/${way}?page=1', attemptsMax: 2, ${auth},
  query: { key: secret('SHOP_KEY') },
}), { key: 'id', retries: { times: 0 } })
`
    const bearer = "auth: { bearer: secret('SHOP_TOKEN') }"
    const basic = "auth: { user: 'shop', password: secret('SHOP_PASSWORD') }"
    const header = "headers: { 'x-api-key': secret('SHOP_TOKEN') }"
    const assets = ways.map((way, i) => [
      `assets/raw/s${way}.ts`,
      source(way, [bearer, basic, header][i % 3] ?? bearer),
    ])
    const shouting = `import { ingest } from 'sluice'
export default ingest(async function* ({ http }) {
  await http.json('http://shop:${password}@127.0.0.1:1/x?key=${parameter}', { attemptsMax: 1 })
}, { key: 'id', retries: { times: 0 } })
`
    shop = openShop({ ...Object.fromEntries(assets), 'assets/raw/inline.ts': shouting })
    let heard = ''
    for (const line of [
      ['run', '--verbose'],
      ['run', '--json'],
      ['check', '--json'],
      ['plan', '--json'],
      ['logs'],
      ['doctor'],
      ['explain', 'raw.s500'],
    ]) {
      const { stdout, stderr } = await shop.pipe(...line)
      heard += `${stdout}\n${stderr}\n`
    }
    expect(heard).toContain('SLUICE_HTTP_BUSY')
    // They were really sent, so that there was something to leak.
    for (const text of [token, parameter, Buffer.from(`shop:${password}`).toString('base64')])
      expect(asked.join('\n')).toContain(text)
    expectNone(heard, spellings)
    expectNone(shop.state(), spellings)
  } finally {
    for (const name of Object.keys(names)) Reflect.deleteProperty(process.env, name)
    server.closeAllConnections()
    await new Promise(done => server.close(done))
  }
})

test('values of rows that break checks, contracts, casts and types stay out of the ledger and out of words', async () => {
  const values = [
    'planted-anna@example',
    'planted-seventy',
    'planted-bogus-day',
    'planted-city',
    '98765432123',
  ]
  shop = openShop({
    'data/1.csv': 'id,amount,mail\n1,10,a@b\n2,20,c@d\n',
    'assets/raw/orders.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('data/*.csv'), { key: 'id', write: 'merge' })
`,
    'assets/marts/checked.sql': `-- @key id
select id, amount, -- @max 1000
  mail -- @in x @relationships raw.people.mail
from raw.orders
`,
    'assets/raw/people.sql': "select 'a@b' as mail\n",
    'assets/marts/cast.sql': 'select id, mail::integer as broken from raw.orders\n',
    'assets/marts/day.sql': "select strptime(mail, '%Y') as day from raw.orders\n",
    'assets/marts/raised.sql':
      'select case when amount > 100 then amount::tinyint end as small from raw.orders\n',
    'checks/mails.sql': 'select mail from raw.orders\n',
  })
  const first = await shop.pipe('run')
  expect(first.code).toBe(1)
  shop.put({
    'data/2.csv': `id,amount,mail\n3,planted-seventy,planted-bogus-day\n4,98765432123,planted-anna@example\n5,1,planted-city,more\n`,
  })
  let heard = ''
  for (const line of [
    ['run'],
    ['run', '--json', '--force'],
    ['run', '--verbose', '--force'],
    ['logs', '--json'],
    ['quality', '--json'],
    ['plan', '--json'],
    ['explain', 'marts.cast'],
  ]) {
    const { stdout, stderr } = await shop.pipe(...line)
    heard += `${stdout}\n${stderr}\n`
  }
  expect(heard).toContain('marts.checked')
  expect(heard).toMatch(/2 refused|"refused":2/)
  // The rows came: they lie in the tables, which are data.
  expect(await shop.rows("select count(*) from raw.orders where mail = 'planted-anna@example'")).toEqual([
    ['1'],
  ])
  for (const name of ['marts.cast', 'marts.day', 'marts.raised']) {
    expect(heard).toMatch(new RegExp(`✗ ${name}\\s`))
    expect(shop.state()).toContain(name)
  }
  expectNone(heard, values)
  expectNone(shop.state(), values)
})
