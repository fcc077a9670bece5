import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Http, Page, PagesRequest, Secret } from '../../connect/index.ts'
import { Failure } from '../../errors/index.ts'
import { sourceSuites } from '../../testing/index.ts'
import { type Answer, type Live, fresh, quick, serve } from './conform.ts'
import { about, rest } from './index.ts'
import { parseJson } from './json.ts'
import { nextOf } from './pages.ts'

for (const { name, run } of sourceSuites({ fresh })) test(`rest: ${name}`, run)

const open: Live[] = []
afterEach(async () => {
  for (const live of open.splice(0)) await live.dispose()
})

async function live(answer: Answer): Promise<Live> {
  const it = await serve(answer)
  open.push(it)
  return it
}

function secret(name: string): Secret {
  return { kind: 'secret', name, toString: () => '[secret]', toJSON: () => '[secret]' }
}
const token = 'hush-9f3c'
const reveal = () => token

const json: (value: unknown) => Answer = value => (_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw expect.fail('it did not fail')
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** A decimal times 10^400, exactly. */
function scaled(text: string): bigint {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? []
  const size = BigInt(whole + fraction) * 10n ** BigInt(400 - fraction.length + Number(exponent))
  return sign === '-' ? -size : size
}

async function pagesOf(http: Http, url: string, request?: PagesRequest): Promise<Page[]> {
  return all(http.pages(url, request))
}
const ids = (pages: readonly Page[]) => pages.flatMap(page => page.records.map(record => record['id']))

describe('numbers', () => {
  test('no digit is lost', () => {
    const text =
      '{"a":9007199254740993,"b":-170141183460469231731687303715884105728,' +
      '"c":0.1,"d":1.10,"e":12345678901234567.25,' +
      '"f":1e400,"g":[9007199254740992,{"h":18446744073709551615}],' +
      '"i":"9007199254740993","j":1e3,"k":0.30000000000000001}'
    expect(parseJson(text)).toEqual({
      a: 9007199254740993n,
      b: -170141183460469231731687303715884105728n,
      c: 0.1,
      d: 1.1,
      e: '12345678901234567.25',
      f: '1e400',
      g: [9007199254740992n, { h: 18446744073709551615n }],
      i: '9007199254740993',
      j: 1000,
      k: '0.30000000000000001',
    })
  })

  test('property: every integer and every double comes back as itself', () => {
    fc.assert(
      fc.property(fc.bigInt(), n => {
        const [value] = parseJson(`[${n}]`) as (number | bigint)[]
        expect(String(value)).toBe(String(n))
      }),
    )
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), n => {
        expect(Number((parseJson(JSON.stringify([n])) as number[])[0])).toBe(n + 0)
      }),
    )
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 1, max: 20 }), (n, places) => {
        const digits = `${n < 0n ? -n : n}`.padStart(places + 1, '0')
        const text = `${n < 0n ? '-' : ''}${digits.slice(0, digits.length - places)}.${digits.slice(-places)}`
        const [value] = parseJson(`[${text}]`) as (number | string)[]
        if (typeof value === 'string') expect(value).toBe(text)
        else expect(scaled(String(value))).toBe(scaled(text))
      }),
    )
  })
})

describe('one request', () => {
  const faults: readonly (readonly [string, Answer, string, 'never' | 'later'])[] = [
    ['500', (_, r) => r.writeHead(500).end(), 'SLUICE_HTTP_SERVER', 'later'],
    ['502', (_, r) => r.writeHead(502).end('<html>'), 'SLUICE_HTTP_SERVER', 'later'],
    ['503', (_, r) => r.writeHead(503).end(), 'SLUICE_HTTP_SERVER', 'later'],
    ['504', (_, r) => r.writeHead(504).end(), 'SLUICE_HTTP_SERVER', 'later'],
    ['429', (_, r) => r.writeHead(429).end(), 'SLUICE_HTTP_BUSY', 'later'],
    ['401', (_, r) => r.writeHead(401).end(), 'SLUICE_HTTP_REFUSED', 'never'],
    ['403', (_, r) => r.writeHead(403).end(), 'SLUICE_HTTP_REFUSED', 'never'],
    ['404', (_, r) => r.writeHead(404).end(), 'SLUICE_HTTP_STATUS', 'never'],
    ['HTML', (_, r) => r.setHeader('content-type', 'text/html').end('<p>'), 'SLUICE_HTTP_NOT_JSON', 'later'],
    ['HTML that says JSON', json('<!doctype html><p>sign in</p>'), 'SLUICE_HTTP_NOT_JSON', 'later'],
    ['nothing', json(''), 'SLUICE_HTTP_NOT_JSON', 'later'],
    ['JSON cut off', json('{"items":[{"id":1},{"i'), 'SLUICE_HTTP_JSON_BROKEN', 'later'],
    ['JSON broken', json('{"items":[{"name":"Ada",}]}'), 'SLUICE_HTTP_JSON_BROKEN', 'later'],
    ['half a body', half, 'SLUICE_HTTP_CUT', 'later'],
    ['half a chunked body', halfChunked, 'SLUICE_HTTP_CUT', 'later'],
    // fetch decodes what is there of a gzip and does not tell that it ended early.
    ['half a gzip', halfGzip, 'SLUICE_HTTP_JSON_BROKEN', 'later'],
    ['a connection closed', request => request.socket.destroy(), 'SLUICE_HTTP_UNREACHABLE', 'later'],
    [
      'a redirect in a circle',
      (_, r) => r.writeHead(302, { location: '/again' }).end(),
      'SLUICE_HTTP_REDIRECTS',
      'never',
    ],
    ['a body too large', json(`"${'x'.repeat(2_000)}"`), 'SLUICE_HTTP_TOO_LARGE', 'never'],
  ]
  test.each(faults)('%s is a failure by name', async (...fault) => {
    const [, answer, code, retry] = fault
    const { url, asked } = await live(answer)
    const waits: number[] = []
    const failed = await failureOf(quick(waits).json(`${url}/a`, { attemptsMax: 3, bytesMax: 1_000 }))
    expect([failed.code, failed.retry]).toEqual([code, retry])
    const attempts = code === 'SLUICE_HTTP_REDIRECTS' ? 11 : retry === 'later' ? 3 : 1
    expect(asked.length).toBe(attempts)
    expect(waits).toEqual(retry === 'later' ? [1_000, 2_000] : [])
    // Neither rows nor markup: the body is data.
    expect(`${failed.title} ${failed.why} ${failed.cause}`).not.toMatch(/Ada|doctype|sign in/)
  })

  test.each(faults.filter(([, , , retry]) => retry === 'later'))(
    '%s is over after a while',
    async (_name, answer) => {
      const it = await live((request, response, count) =>
        count < 3 ? answer(request, response, count) : json({ ok: true })(request, response, count),
      )
      expect(await quick().json(it.url)).toEqual({ ok: true })
    },
  )

  test('a server that falls silent is left: before the answer, within it, or dripping for ever', async () => {
    const silent = await live(() => {})
    const before = await failureOf(quick().json(silent.url, { timeoutMs: 30, attemptsMax: 2 }))
    expect([before.code, silent.asked.length]).toEqual(['SLUICE_HTTP_SILENT', 2])
    const stuck = await live((_, response) => response.write('[1,'))
    const within = await failureOf(quick().json(stuck.url, { timeoutMs: 30, attemptsMax: 1 }))
    expect(within.title).toBe(`The answer of ${stuck.url}/ did not end (3 bytes came).`)
    const drips: NodeJS.Timeout[] = []
    const drip = await live((_, response) => drips.push(setInterval(() => response.write(' '), 5)))
    const patient = quick([], { requestMsMax: 80 })
    const whole = await failureOf(patient.json(drip.url, { timeoutMs: 60_000, attemptsMax: 1 }))
    for (const each of drips) clearInterval(each)
    expect(whole.why).toBe('The limit is `requestMsMax`, 80 ms.')
  })

  test.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['a date', { 'retry-after': 'Wed, 31 Jan 2024 00:00:09 GMT', date: '' }, 9_000],
    [
      'a date by the clock of the server',
      { 'retry-after': 'Wed, 31 Jan 2035 00:00:09 GMT', date: 'Wed, 31 Jan 2035 00:00:06 GMT' },
      3_000,
    ],
    ['a date that is past', { 'retry-after': 'Wed, 31 Jan 2001 00:00:09 GMT' }, 0],
  ])('Retry-After in %s is kept', async (_name, headers, waitMs) => {
    const it = await live((request, response, count) => {
      if (count > 1) return json([])(request, response, count)
      response.sendDate = false
      for (const [name, value] of Object.entries(headers)) if (value !== '') response.setHeader(name, value)
      response.writeHead(429).end()
    })
    const waits: number[] = []
    await quick(waits).json(it.url)
    expect(waits).toEqual([waitMs])
  })

  test('a wait that is too long here is told to whoever runs the step', async () => {
    const it = await live((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end())
    const failed = await failureOf(quick().json(it.url))
    expect([failed.code, failed.afterMs, it.asked.length]).toEqual(['SLUICE_HTTP_BUSY', 3_600_000, 1])
  })

  test('a cancelled request ends at once with the reason of the cancel', async () => {
    const it = await live(() => {})
    const controller = new AbortController()
    const asked = quick([], { signal: controller.signal }).json(it.url)
    const reason = new DOMException('enough', 'AbortError')
    setTimeout(() => controller.abort(reason), 20)
    await expect(asked).rejects.toBe(reason)
    // Also by the signal of the request alone, and while it waits for another attempt.
    const busy = await live((_request, response) => response.writeHead(503).end())
    const other = new AbortController()
    const sleep = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        other.abort(reason)
      })
    await expect(quick([], { sleep }).json(busy.url, { signal: other.signal })).rejects.toBe(reason)
    await expect(all(quick().pages(busy.url, { signal: other.signal }))).rejects.toBe(reason)
    expect(busy.asked.length).toBe(1)
  })

  test('auth goes to the origin that was named and nowhere else, not even by redirect', async () => {
    const other = await live(json({ ok: true }))
    const it = await live((request, response, count) =>
      request.url === '/away'
        ? response.writeHead(307, { location: `${other.url}/there?x=1` }).end()
        : request.url === '/home'
          ? response.writeHead(307, { location: '/here' }).end()
          : json({ ok: true })(request, response, count),
    )
    const http = quick([], { reveal })
    const auths = [
      { bearer: secret('T') },
      { user: 'ada', password: secret('T') },
      { header: 'x-key', value: token },
    ]
    for (const auth of auths) for (const path of ['/away', '/home']) await http.json(it.url + path, { auth })
    await http.json(`${it.url.replace('//', '//ada:pw@')}/away`, { headers: { 'x-key': secret('T') } })
    const basic = `Basic ${Buffer.from(`ada:${token}`).toString('base64')}`
    const sent = it.asked.map(({ headers }) => headers.authorization ?? headers['x-key'])
    expect(sent.slice(0, 9)).toEqual([
      ...Array(3).fill(`Bearer ${token}`),
      ...Array(3).fill(basic),
      ...Array(3).fill(token),
    ])
    expect(it.asked.at(-1)?.headers).toMatchObject({ authorization: 'Basic YWRhOnB3', 'x-key': token })
    expect(other.asked.length).toBe(4)
    for (const { headers } of other.asked) {
      expect([headers.authorization, headers['x-key'], headers['accept']]).toEqual([
        undefined,
        undefined,
        expect.any(String),
      ])
    }
  })

  test('no secret in failures, logs and positions', async () => {
    const said: string[] = []
    const it = await live((_, response) => response.writeHead(503).end())
    const http = quick([], { reveal, log: words => said.push(words) })
    const at = `${it.url.replace('//', `//ada:${token}@`)}/a?api_key=${token}`
    const request = { auth: { bearer: secret('T') }, query: { key: secret('T') }, attemptsMax: 2 }
    const failed = await failureOf(http.json(at, request))
    const bad = await failureOf(http.json(at, { headers: { 'x-a': `${token}\n` } }))
    const unparsed = await failureOf(http.json(`http://[${token}`))
    const gone = await failureOf(
      quick([], { reveal: undefined as never }).json('http://127.0.0.1:1/?key=hush-9f3c', { attemptsMax: 1 }),
    )
    const all = [failed, bad, unparsed, gone].map(
      each => `${each.title} ${each.why} ${each.fix} ${each.cause}`,
    )
    expect([failed, bad, unparsed, gone].map(each => each.code)).toEqual([
      'SLUICE_HTTP_SERVER',
      'SLUICE_HTTP_HEADER',
      'SLUICE_HTTP_URL',
      'SLUICE_HTTP_UNREACHABLE',
    ])
    expect([...all, ...said].join('\n')).not.toContain(token)
    expect(said).toHaveLength(1)
    expect(it.asked[0]?.line).toContain(`key=${token}`)
    expect((await failureOf(quick().json(it.url, { auth: { bearer: secret('SLUICE_NOT_SET') } }))).code).toBe(
      'SLUICE_SECRET_MISSING',
    )
  })

  test('a file is downloaded byte by byte, again from its beginning when it broke', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-http-'))
    try {
      const data = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251))
      const it = await live((_, response, count) => {
        response.writeHead(200, { 'content-length': data.length, etag: '"v1"' })
        if (count > 1) return response.end(data)
        response.write(data.subarray(0, 60_000), () => response.destroy())
      })
      const path = join(folder, 'a.bin')
      const told = await quick().download(`${it.url}/a.bin`, path)
      expect(told).toEqual({ sizeBytes: data.length, etag: '"v1"', modified: undefined })
      expect(Buffer.compare(await readFile(path), data)).toBe(0)
      expect(it.asked.length).toBe(2)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  function half(_request: unknown, response: Parameters<Answer>[1]): void {
    response.writeHead(200, { 'content-length': 1_000 })
    response.write('[1,2', () => response.destroy())
  }
  function halfChunked(_request: unknown, response: Parameters<Answer>[1]): void {
    response.write('[1,2', () => response.destroy())
  }
  function halfGzip(_request: unknown, response: Parameters<Answer>[1]): void {
    const whole = gzipSync(JSON.stringify(Array.from({ length: 90 }, (_, i) => i)))
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(whole.subarray(0, whole.length / 2))
  }
})

/** A server of ten records in pages of three, in every manner of paging. */
function shelf(records = 10): Answer {
  const all = Array.from({ length: records }, (_, id) => ({ id }))
  return (request, response, count) => {
    const { pathname, searchParams, origin } = new URL(request.url ?? '', `http://${request.headers.host}`)
    const number = (name: string) => Number(searchParams.get(name) ?? 0)
    const from =
      pathname === '/number' ? (number('page') - 1) * 3 : number(pathname === '/offset' ? 'offset' : 'from')
    const items = all.slice(from, from + 3)
    const more = from + 3 < records
    const link = `${origin}${pathname}?from=${from + 3}&names=a,b`
    if (pathname === '/link' && more)
      response.setHeader('link', `<${origin}/link>; rel="first", <${link}>; title="a, b"; rel="next"`)
    if (pathname === '/number404' && items.length === 0) return response.writeHead(404).end()
    const next = more ? (pathname === '/cursor' ? `c${from + 3}` : link) : null
    json(pathname === '/link' ? items : { items, meta: { 'next.link': next } })(request, response, count)
  }
}

describe('pages', () => {
  const manners: readonly (readonly [string, PagesRequest, number])[] = [
    ['/link', {}, 4],
    ['/link', { paging: { by: 'link header' } }, 4],
    ['/next', { paging: { by: 'next link', path: 'meta.next.link' } }, 4],
    ['/offset', { paging: { by: 'offset', limit: 3 }, records: 'items' }, 5],
    ['/number', { paging: { by: 'page number' } }, 5],
  ]
  test.each(manners)(
    '%s %j gives every record once, and goes on behind any page',
    async (path, request, asks) => {
      const it = await live(shelf())
      const pages = await pagesOf(quick(), it.url + path, request)
      expect(ids(pages)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(it.asked.length).toBe(asks)
      for (const [i, page] of pages.entries()) {
        // A position survives the ledger.
        const after = JSON.parse(JSON.stringify(page.position))
        const rest = await pagesOf(quick(), it.url + path, { ...request, after })
        expect(ids(rest)).toEqual(ids(pages.slice(i + 1)))
      }
    },
  )

  test('by cursor, with `since` and the other parameters on every page', async () => {
    const it = await live((request, response, count) => {
      const cursor = new URL(request.url ?? '', 'http://x').searchParams.get('cursor')
      const at = cursor === null ? 0 : Number(cursor.slice(1))
      json({ items: at === 1 ? [] : [{ id: at }], last: [{ next: at < 2 ? `c${at + 1}` : '' }] })(
        request,
        response,
        count,
      )
    })
    const request: PagesRequest = {
      paging: { by: 'cursor', path: 'last.-1.next', parameter: 'cursor' },
      records: 'items',
      since: '2024-01-31T00:00:00.000001',
      query: { size: 1, empty: undefined },
    }
    const pages = await pagesOf(quick(), `${it.url}/c?a=1`, request)
    // The second page is empty and not the last.
    expect(ids(pages)).toEqual([0, 2])
    const common = 'a=1&size=1&since=2024-01-31T00%3A00%3A00.000001'
    expect(it.asked.map(({ line }) => line)).toEqual([
      `GET /c?${common}`,
      `GET /c?${common}&cursor=c1`,
      `GET /c?${common}&cursor=c2`,
    ])
    expect(ids(await pagesOf(quick(), `${it.url}/c`, { ...request, after: pages[1]?.position }))).toEqual([2])
  })

  test('page numbers that end with 404, and servers that cut pages shorter than asked', async () => {
    const ending = await live((request, response, count) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('p'))
      return page > 2 ? response.writeHead(404).end() : json([{ id: page }])(request, response, count)
    })
    const paging = { by: 'page number', parameter: 'p' } as const
    expect(ids(await pagesOf(quick(), ending.url, { paging }))).toEqual([1, 2])
    const missing = await live((_, response) => response.writeHead(404).end())
    expect((await failureOf(pagesOf(quick(), missing.url, { paging }))).code).toBe('SLUICE_HTTP_STATUS')
    const short = await live(shelf())
    const offset = { by: 'offset', limit: 100 } as const
    expect(
      ids(await pagesOf(quick(), `${short.url}/offset`, { paging: offset, records: 'items' })),
    ).toHaveLength(10)
  })

  test.each([
    ['a link to itself', {}, (url: string) => ({ items: [{ id: 1 }], next: `${url}/` })],
    [
      'a link in a circle',
      {},
      (url: string, n: number) => ({ items: [{ id: n }], next: `${url}/?p=${n % 3}` }),
    ],
    [
      'a cursor that stands',
      { paging: { by: 'cursor', path: 'c', parameter: 'c' } },
      () => ({ items: [{ id: 1 }], c: 'x' }),
    ],
    ['an offset that is ignored', { paging: { by: 'offset', limit: 1 } }, () => ({ items: [{ id: 1 }] })],
  ] as const)('%s is a failure, not a read without end', async (_name, request, body) => {
    const it = await live((asked, response, count) =>
      json(body(`http://${asked.headers.host}`, count))(asked, response, count),
    )
    const failed = await failureOf(pagesOf(quick(), it.url, request))
    expect(failed.code).toBe('SLUICE_HTTP_PAGES_LOOP')
    expect(it.asked.length).toBeLessThan(6)
  })

  test('more pages than allowed are a failure, never a silent end', async () => {
    const it = await live(shelf())
    const failed = await failureOf(
      pagesOf(quick(), `${it.url}/number`, { paging: { by: 'page number' }, pagesMax: 2 }),
    )
    expect(failed.title).toBe(`${it.url}/number has more than 2 pages.`)
  })

  test.each([
    ['no list', { a: 1, b: {} }, undefined, 'the body has the keys `a`, `b`.'],
    ['two lists', { a: [], b: [] }, undefined, 'It holds several lists: `a`, `b`.'],
    ['a path to nothing', { data: [] }, 'dta', 'There is nothing at `dta`; the body has the keys `data`.'],
    ['a path to an object', { data: {} }, 'data', '`data` is an object.'],
    ['texts', ['a'], undefined, 'Item 1 of the list is a string, not an object.'],
  ])('%s instead of records is a failure', async (...row) => {
    const [, body, records, words] = row
    const it = await live(json(body))
    const failed = await failureOf(pagesOf(quick(), it.url, records === undefined ? {} : { records }))
    expect([failed.code, failed.why]).toEqual(['SLUICE_HTTP_RECORDS', words])
  })

  test('an empty page that says null, and 64-bit ids in records', async () => {
    const empty = await live(json({ items: null }))
    expect(await pagesOf(quick(), empty.url, { records: 'items' })).toMatchObject([{ records: [] }])
    const big = await live(json('[{"id":9007199254740993,"n":0.1}]'))
    expect(await pagesOf(quick(), big.url)).toMatchObject([{ records: [{ id: 9007199254740993n, n: 0.1 }] }])
  })

  test('no more requests a second than asked', async () => {
    const it = await live(shelf())
    const waits: number[] = []
    await pagesOf(quick(waits), `${it.url}/link`, { requestsPerSecondMax: 4 })
    expect(waits).toEqual([250, 250, 250])
  })

  test('secrets stay out of positions, also when the server repeats them; every page gets them', async () => {
    const it = await live((request, response, count) =>
      json({ items: [{ id: count }], next: count < 3 ? `/?p=${count}&key=${token}&again=${token}` : null })(
        request,
        response,
        count,
      ),
    )
    const http = quick([], { reveal })
    const pages = await pagesOf(http, it.url, {
      query: { key: secret('T'), page: 1 },
      auth: { bearer: secret('T') },
    })
    expect(JSON.stringify(pages.map(page => page.position))).not.toContain(token)
    expect(it.asked.map(({ line }) => line)).toEqual([
      `GET /?key=${token}&page=1`,
      `GET /?p=1&key=${token}`,
      `GET /?p=2&key=${token}`,
    ])
    expect(it.asked.every(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(true)
  })

  test('a next link to another origin gets neither auth nor secret parameters', async () => {
    const other = await live(json({ items: [{ id: 2 }] }))
    const it = await live(json({ items: [{ id: 1 }], next: `${other.url}/x?p=2` }))
    const request = {
      query: { key: secret('T') },
      auth: { bearer: secret('T') },
      headers: { 'x-key': token },
    }
    expect(ids(await pagesOf(quick([], { reveal }), it.url, request))).toEqual([1, 2])
    expect(other.asked[0]?.line).toBe('GET /x?p=2')
    expect(JSON.stringify(other.asked)).not.toContain(token)
  })

  test.each([
    ['<https://x/?a=1,2>; rel="next"', 'https://x/?a=1,2'],
    ['<a>; rel="prev", <b>; rel=next', 'b'],
    ['<a>; title="x; rel=next", <b>; rel="last next"', 'b'],
    ['<a>; rel="nextish"', undefined],
    [null, undefined],
  ])('the link header %s', (header, link) => expect(nextOf(header)).toBe(link))
})

describe('rest', () => {
  const context = (http: Http) => ({
    root: '/',
    http,
    signal: new AbortController().signal,
    nowMs: () => 0,
    log: () => {},
  })

  test('a killed read goes on at its page, a new load begins anew with `since`', async () => {
    const it = await live(shelf())
    const source = rest({ url: `${it.url}/link`, since: 'updated_after', auth: { bearer: secret('T') } })
    const http = quick([], { reveal })
    const request = { position: undefined, since: '7' }
    const whole = await all(source.read(request, context(http)))
    expect(whole.map(batch => batch.kind === 'rows' && batch.rows.length)).toEqual([3, 3, 3, 1])
    expect(it.asked[0]?.line).toBe('GET /link?updated_after=7')
    const position = whole[1]?.position as never
    const resumed = await all(source.read({ position, resumes: true, since: '7' }, context(http)))
    expect(resumed.map(batch => batch.kind === 'rows' && batch.rows)).toEqual([
      [{ id: 6 }, { id: 7 }, { id: 8 }],
      [{ id: 9 }],
    ])
    const last = whole.at(-1)?.position as never
    expect(await all(source.read({ position: last, resumes: true, since: '7' }, context(http)))).toEqual([])
    expect(await all(source.read({ position: last, since: '7' }, context(http)))).toHaveLength(4)
  })

  test('its options hold no secret, and one that is none is refused', () => {
    const source = rest({
      url: `https://ada:${token}@api.example.com/orders?key=${token}`,
      auth: { bearer: token },
      headers: { 'x-key': token },
      query: { key: secret('T'), page: 1 },
    })
    expect(JSON.stringify([source.options, source.describe])).not.toContain(token)
    expect(source.options).toEqual({
      url: 'https://api.example.com/orders?key=…',
      query: { key: '[secret]', page: '1' },
    })
    expect(() => rest({ url: 'https://x', pageing: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'SLUICE_OPTION_UNKNOWN', fix: 'Did you mean `paging`?' }),
    )
    expect(Object.values(about.limits).every(limit => limit > 0)).toBe(true)
  })
})
