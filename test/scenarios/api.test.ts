import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { enter, outcomes, type Stage, troubles, unbalanced } from './stage.ts'

type Message = { readonly text: string; readonly files?: readonly { readonly name: string }[] }
type Ticket = {
  readonly id: number | string
  readonly state: string
  readonly author: { readonly name: string }
  readonly messages: readonly Message[] | null
}

// A loopback server with ten tickets, by every way of paging, that can be told to refuse or to hang.
let stage: Stage
let server: Server
let tickets: Ticket[] = []
let asked: string[] = []
let refuse: string[] = []
let hang: ((url: string) => boolean) | undefined
const pageSize = 3

beforeAll(async () => {
  server = createServer(answer)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  process.env['TICKETS_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stage = await enter('api')
})
afterAll(async () => {
  delete process.env['TICKETS_URL']
  server.closeAllConnections()
  await new Promise(done => server.close(done))
  await stage.leave()
})
beforeEach(() => {
  asked = []
  refuse = []
  hang = undefined
})

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  asked.push(`${url.pathname}${url.search}`)
  if (hang?.(`${url.pathname}${url.search}`)) return
  if (refuse.includes(`${url.pathname}${url.search}`)) {
    refuse = refuse.filter(one => one !== `${url.pathname}${url.search}`)
    response.writeHead(429, { 'retry-after': '0' }).end('{}')
    return
  }
  const found = pageOf(url)
  response.writeHead(200, { 'content-type': 'application/json', ...found.headers })
  response.end(JSON.stringify(found.body).replaceAll('"9007199254740993"', '9007199254740993'))
}

function pageOf(url: URL): { readonly body: unknown; readonly headers?: { readonly link: string } } {
  const number = (name: string, or: number) => Number(url.searchParams.get(name) ?? or)
  const from = (first: number) => tickets.slice(first, first + pageSize)
  if (url.pathname === '/by-offset') return { body: { rows: from(number('offset', 0)) } }
  if (url.pathname === '/by-number') return { body: from((number('page', 1) - 1) * pageSize) }
  if (url.pathname === '/by-link') {
    const first = number('at', 0)
    const next = `<?at=${first + pageSize}>; rel="next"`
    return { body: from(first), ...(first + pageSize < tickets.length ? { headers: { link: next } } : {}) }
  }
  const first = number('cursor', 0)
  const next = first + pageSize < tickets.length ? String(first + pageSize) : null
  return { body: { data: { tickets: from(first), next } } }
}

function ticket(id: number, messages: readonly Message[] | null, state = 'open'): Ticket {
  return { id, state, author: { name: `person ${id}` }, messages }
}

const children = `select t.id, m._index, m.text from raw.tickets t
  join raw.tickets__messages m on m._parent_key = t._key order by all`

test('four ways of paging give the same rows; 429 is waited for; 64-bit ids stay exact', async () => {
  tickets = Array.from({ length: 10 }, (_, i) =>
    ticket(i + 1, [{ text: `a${i + 1}` }, { text: `b${i + 1}`, files: [{ name: `f${i + 1}` }] }]),
  )
  tickets[9] = { ...ticket(10, null), id: '9007199254740993' }
  refuse = ['/by-number?page=2', '/tickets?cursor=6']
  const report = await stage.run()
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  const ids = [...Array.from({ length: 9 }, (_, i) => [String(i + 1)]), ['9007199254740993']]
  for (const table of ['tickets', 'by_offset', 'by_number', 'by_link'])
    expect(await stage.rows(`select id from raw.${table} order by id`), table).toEqual(ids)
  expect(asked.filter(url => url === '/tickets?cursor=6').length).toBe(2)
  expect(asked.filter(url => url.startsWith('/by-offset')).length).toBe(5)
})

test('nested records: kept as they are, or split into tables with stable keys that `check` knows', async () => {
  expect(
    await stage.rows('select author.name, len(messages) from raw.by_offset order by id limit 1'),
  ).toEqual([['person 1', '2']])
  expect((await stage.rows(children)).length).toBe(18)
  expect(
    await stage.rows(`select m.text, f.name from raw.tickets__messages m
      join raw.tickets__messages__files f on f._parent_key = m._key order by all limit 2`),
  ).toEqual([
    ['b1', 'f1'],
    ['b2', 'f2'],
  ])
  const checked = await stage.ask(project => project.check())
  expect(checked.failures).toEqual([])
  expect(checked.manifest.assets.find(({ name }) => name === 'marts.talkative')?.columns).toMatchObject([
    { name: 'ticket', type: 'BIGINT' },
    { name: 'author', type: 'VARCHAR' },
    { name: 'messages', type: 'BIGINT' },
  ])
  await stage.edit('assets/marts/talkative.sql', 'm._index', 'm._place')
  expect((await stage.ask(project => project.check())).failures).toMatchObject([
    { code: 'SLUICE_SQL_COLUMN' },
  ])
  await stage.edit('assets/marts/talkative.sql', 'm._place', 'm._index')
})

test('the same answer again changes nothing, and what reads it is left alone', async () => {
  const before = await stage.rows('select * exclude (_loaded_at) from raw.tickets order by id')
  const report = await stage.run()
  expect(outcomes(report).filter(words => words.endsWith(' success'))).toEqual([])
  expect(await stage.rows('select * exclude (_loaded_at) from raw.tickets order by id')).toEqual(before)
})

test('elements that vanish from a list vanish from its table; parents and children agree', async () => {
  tickets[0] = ticket(1, [{ text: 'b1' }])
  tickets[1] = ticket(2, [])
  tickets[2] = ticket(3, null)
  tickets[3] = ticket(4, [{ text: 'never seen' }], 'lost')
  tickets.push(ticket(5, [{ text: 'said first' }]), ticket(5, [{ text: 'said last' }]))
  const report = await stage.run()
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  expect((await stage.rows(children)).slice(0, 5)).toEqual([
    ['1', '0', 'b1'],
    ['4', '0', 'a4'],
    ['4', '1', 'b4'],
    ['5', '0', 'said last'],
    ['6', '0', 'a6'],
  ])
  const orphans = `select count(*) from raw.tickets__messages where _parent_key not in (select _key from raw.tickets)`
  const deeper = `select count(*) from raw.tickets__messages__files
    where _parent_key not in (select _key from raw.tickets__messages)`
  expect([await stage.rows(orphans), await stage.rows(deeper)]).toEqual([[['0']], [['0']]])
  expect(await stage.rows('select ticket, messages from marts.talkative order by ticket limit 5')).toEqual([
    ['1', '1'],
    ['2', '0'],
    ['3', '0'],
    ['4', '2'],
    ['5', '1'],
  ])
  const [refused] = await stage.ask(project => project.quarantine.rows('raw.tickets'))
  expect(JSON.parse(refused?.raw ?? '{}')).toMatchObject({ id: 4, messages: [{ text: 'never seen' }] })
})

test('a refused parent that is let in brings its children, once', async () => {
  await stage.edit('assets/raw/tickets.ts', "'closed']", "'closed', 'lost']")
  const report = await stage.ask(project => project.quarantine.replay('raw.tickets'))
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  expect((await stage.rows(children)).filter(([id]) => id === '4')).toEqual([['4', '0', 'never seen']])
  expect((await stage.rows(children)).length).toBe(11)
})

test('every list empty in one answer: tables and contract stay as they are', async () => {
  tickets = [ticket(6, null), ticket(7, null)]
  const report = await stage.run({ select: ['raw.tickets'] })
  expect(troubles(report)).toEqual([])
  const left = await stage.rows(children)
  expect(left.filter(([id]) => id === '6' || id === '7')).toEqual([])
  expect(left.filter(([id]) => id === '8').length).toBe(2)
})

test('a sync that is killed goes on at its page', async () => {
  tickets = Array.from({ length: 10 }, (_, i) => ticket(i + 20, [{ text: `late ${i}` }]))
  hang = url => url === '/tickets?cursor=6'
  const running = stage.killAt('source.progress raw.tickets')
  expect(await running).toBe(true)
  asked = []
  hang = undefined
  const report = await stage.run({ select: ['raw.tickets'] })
  expect(troubles(report)).toEqual([])
  const mine = asked.filter(url => url.startsWith('/tickets'))
  expect(mine).not.toContain('/tickets')
  expect(mine.length).toBeLessThan(4)
  expect(
    await stage.rows('select count(*), count(distinct id) from raw.tickets where id >= 20 and id < 30'),
  ).toEqual([['10', '10']])
})
