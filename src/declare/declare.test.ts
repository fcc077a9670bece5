import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { vocabulary } from '../check/index.ts'
import type {
  Batch,
  Http,
  Page,
  PagesRequest,
  ReadContext,
  ReadRequest,
  Sink,
  Source,
} from '../connect/index.ts'
import type { Json } from '../model/index.ts'
import * as declare from './index.ts'
import {
  asset,
  assetOptionNames,
  between,
  defineConfig,
  exportTo,
  type IngestFunction,
  ingest,
  isAuthored,
  isConfig,
  notNull,
  readPartition,
  readsOf,
  ref,
  renderSql,
  secret,
  source,
  sql,
  unique,
} from './index.ts'

const table = { read: async function* () {} } as unknown as Source
const sink = { write: async () => ({ rows: 0 }) } as unknown as Sink
const refused = (code: string, more: object = {}) => expect.objectContaining({ code, ...more })

describe('options become facts', () => {
  test('every option, as a person writes it', () => {
    const { facts } = ingest(table as Source<{ id: bigint; day: string; amount: number }>, {
      doc: 'Orders.',
      key: 'id',
      cursor: 'day',
      lag: '10 minutes',
      partition: 'day',
      write: 'merge',
      materialize: 'table',
      every: 'hour',
      owner: 'finance',
      tags: ['raw', 'daily'],
      checks: [
        notNull('id'),
        between('amount', 0, 1),
        between('amount', 5, 9, { where: 'id > 7' }),
        notNull('id'),
      ],
      contract: { onNewColumn: 'add' },
      columns: { id: 'BIGINT not null', day: 'DATE', amount: { doc: 'Net.' } },
      trigger: 'all_done',
      retries: { times: 2, wait: '5 seconds', longest: '1 minute', factor: 3 },
      timeout: '2 hours',
      pool: 'shop',
      nested: 'split',
    })
    const check = { severity: 'error', mostly: 1 }
    expect(facts).toEqual({
      doc: 'Orders.',
      key: ['id'],
      cursor: 'day',
      lagMs: 600_000,
      partition: { kind: 'time', column: 'day', unit: 'day', zone: 'UTC' },
      write: 'merge',
      materialize: 'table',
      everyMs: 3_600_000,
      owner: 'finance',
      tags: ['raw', 'daily'],
      checks: [
        { ...check, id: 'id not_null', check: 'not_null', columns: ['id'], args: {} },
        {
          ...check,
          id: 'amount between',
          check: 'between',
          columns: ['amount'],
          args: { min: '0', max: '1' },
        },
        expect.objectContaining({ id: 'amount between where id > 7', where: 'id > 7' }),
        expect.objectContaining({ id: 'id not_null 2' }),
      ],
      contract: { onNewColumn: 'add' },
      columns: [
        { name: 'id', type: 'BIGINT', nullable: false },
        { name: 'day', type: 'DATE', nullable: true },
        { name: 'amount', type: '', nullable: true, doc: 'Net.' },
      ],
      trigger: 'all_done',
      retry: { attemptsMax: 3, baseMs: 5_000, capMs: 60_000, factor: 3 },
      timeoutMs: 7_200_000,
      pool: 'shop',
      nested: 'split',
    })
    expect(Object.isFrozen(facts) && Object.isFrozen(facts.checks) && Object.isFrozen(facts.key)).toBe(true)
    expect(ingest(table).facts).toEqual({ key: [], tags: [], checks: [], columns: [] })
  })

  test.each<[object, object]>([
    [{ cursr: 'day' }, { code: 'SLUICE_OPTION_UNKNOWN', fix: 'Did you mean `cursor`?' }],
    [{ every: '1 month' }, { code: 'SLUICE_OPTION_WRONG', fix: expect.stringContaining('`15 minutes`') }],
    [{ lag: 10 }, { code: 'SLUICE_OPTION_WRONG' }],
    [{ write: 'mrge' }, { fix: expect.stringMatching(/one of .*`scd2`.*; `merge` is near\.$/) }],
    [{ key: [] }, { fix: 'Give `key` at least one name.' }],
    [{ key: ['id', 'id'] }, { fix: expect.stringContaining('`id` is there twice') }],
    [{ key: 7 }, { code: 'SLUICE_OPTION_WRONG' }],
    [{ contract: { onNew: 'add' } }, { fix: expect.stringContaining('onNewColumn') }],
    [{ contract: { onNull: 'drop' } }, { title: expect.stringContaining('contract.onNull') }],
    [{ checks: ['not_null'] }, { fix: expect.stringContaining("notNull('id')") }],
    [{ retries: -1 }, { code: 'SLUICE_OPTION_WRONG' }],
    [{ retries: { tims: 1 } }, { fix: 'Did you mean `times`?' }],
    [{ partition: 'daily' }, { fix: expect.stringContaining('name the unit: `day(daily)`') }],
    [{ columns: { id: { typ: 'BIGINT' } } }, { fix: 'Did you mean `type`?' }],
  ])('%j is refused with words', (options, words) => {
    expect(() => ingest(table, options as never)).toThrow(expect.objectContaining(words))
  })

  test('the options are the facts that SQL comments may say, and nothing is missing', () => {
    expect([...assetOptionNames].sort()).toEqual(
      `checks columns contract cursor doc every key lag materialize nested owner partition pool retries tags
      timeout trigger write`.split(/\s+/),
    )
  })
})

test.each([
  ['day', { kind: 'time', column: 'day', unit: 'day', zone: 'UTC' }],
  ['MONTH(ordered_at)', { kind: 'time', column: 'ordered_at', unit: 'month', zone: 'UTC' }],
  [
    'hour("odd "" name") in Europe/Berlin',
    { kind: 'time', column: 'odd " name', unit: 'hour', zone: 'Europe/Berlin' },
  ],
  ['day in UTC', { kind: 'time', column: 'day', unit: 'day', zone: 'UTC' }],
  [
    'week(w) from 2024-01-01 until 2024-02-05',
    { kind: 'time', column: 'w', unit: 'week', zone: 'UTC', from: '2024-01-01', until: '2024-02-05' },
  ],
  [
    `country in DE, FR 'New York' 'it''s'`,
    { kind: 'static', column: 'country', values: ['DE', 'FR', 'New York', "it's"] },
  ],
  [
    { column: 'c', values: ['a'] },
    { kind: 'static', column: 'c', values: ['a'] },
  ],
  [
    { column: 'd', unit: 'day', from: '2024-02-29' },
    { kind: 'time', column: 'd', unit: 'day', zone: 'UTC', from: '2024-02-29' },
  ],
  ['ordered_at', 'name the unit: `day(ordered_at)`'],
  ['day(d) in Europe/Berln', 'not an IANA time zone'],
  ['day(d) from 2023-02-29', '`2023-02-29` is not a partition by day; one looks like `2024-01-31`'],
  ['week(d) from 2024-01-02', 'is not the Monday of a week'],
  ['hour(d) from 2024-01-01T24', 'is not a partition by hour'],
  ['month(d) from 2024-01-01', 'one looks like `2024-01`'],
  ['day(d) from 2024-01-02 until 2024-01-02', '`from` is not before `until`'],
  ['day(d) from 2024-01-01 from 2024-01-02', '`from` is said twice'],
  ['c in a a', '`a` is listed twice'],
] as const)('the partition %j', (words, scheme) => {
  const read = readPartition(words as never)
  if (typeof scheme === 'string')
    expect(read).toEqual({ ok: false, problem: expect.stringContaining(scheme) })
  else expect(read).toEqual({ ok: true, scheme })
})

describe('checks', () => {
  test('every function of the vocabulary makes the check that its example in SQL makes', () => {
    const builders = { ...declare } as unknown as { readonly [name: string]: (...args: unknown[]) => unknown }
    const seen = Object.entries(vocabulary).filter(([, { example }]) => example.typescript !== '')
    expect(seen.length).toBe(Object.keys(vocabulary).length - 1)
    for (const [name, { example }] of seen) {
      const [, builder = '', args = ''] = /^(\w+)\((.*)\)$/s.exec(example.typescript) ?? []
      const given = new Function(`return [${args}]`)() as unknown[]
      const build = builders[builder] ?? expect.fail(`there is no ${builder}`)
      const { check } = build(...given) as declare.CheckJob
      expect([name, check.check]).toEqual([name, name])
      expect(check.id).not.toBe('')
    }
  })

  test('digits and strengths are kept, nonsense is refused in words', () => {
    const wide = between('n', -9223372036854775808n, 9223372036854775807n, { severity: 'warn', mostly: 0.9 })
    expect(wide.check).toMatchObject({
      args: { min: '-9223372036854775808', max: '9223372036854775807' },
      severity: 'warn',
      mostly: 0.9,
    })
    expect(unique(['a', 'b'], { where: 'a > 0' }).check).toMatchObject({
      columns: ['a', 'b'],
      where: 'a > 0',
    })
    expect(declare.matches('c', /^a.b$/is).check.args).toEqual({ pattern: '(?is)^a.b$' })
    expect(declare.relationships('c', ref('staging.customers'), 'id').check.args).toEqual({
      asset: 'staging.customers',
      column: 'id',
    })
    const wrong = [
      () => notNull('c', { severty: 'warn' } as never),
      () => notNull('c', { severity: 'loud' as never }),
      () => notNull(''),
      () => notNull('c', { mostly: 2 }),
      () => declare.rowCount(Number.NaN),
      () => declare.isIn('c', []),
      () => declare.freshness('c', 'soon' as never),
      () => declare.matches('c', /a/g),
      () => declare.nullShare('c', 1.5),
      () => unique('a', 'a'),
    ]
    for (const make of wrong)
      expect(make).toThrow(refused(expect.stringMatching(/SLUICE_(CHECK_ARGUMENT|OPTION_UNKNOWN)/) as never))
  })
})

describe('sql', () => {
  const orders = ingest(table)
  const nameOf = (it: unknown) => (it === orders ? 'raw.orders' : 'other."x')

  test('assets become names, values become literals', () => {
    const inner = sql`select ${-1}, ${2n ** 70n}, ${0.5}, ${true}, ${null}, '\d \`'`
    const query = sql`${inner} from ${orders}, ${ref('a.b')}
      where ${sql.name('o"x')} in ${[1, sql.text("it's")]}
      and c in ${sql.text(['x', "y'"])} and ${orders}.id - ${-5} > 0`
    expect(renderSql(query, nameOf)).toBe(
      `select (-1), 1180591620717411303424, 0.5, true, null, '\\d \`' from "raw"."orders", "a"."b"
      where "o""x" in (1, 'it''s')
      and c in ('x', 'y''') and "raw"."orders".id - (-5) > 0`,
    )
    expect(readsOf(query)).toEqual([orders, ref('a.b')])
  })

  test('property: a text in a hole is one literal, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), value => {
        const text = renderSql(sql`select ${sql.text(value)}`, nameOf).slice('select '.length)
        expect(text.startsWith("'") && text.endsWith("'")).toBe(true)
        expect(text.slice(1, -1).replaceAll("''", '')).not.toContain("'")
        expect(text.slice(1, -1).replaceAll("''", "'")).toBe(value)
      }),
    )
  })

  test('what could be an injection or a mistake is refused', () => {
    const hole = (value: unknown) => () => sql`select 1, ${1}, ${value as never}`
    expect(hole('x; drop table y')).toThrow(
      refused('SLUICE_SQL_BARE_TEXT', { title: expect.stringContaining('Hole 2') }),
    )
    expect(hole(['x'])).toThrow(refused('SLUICE_SQL_BARE_TEXT'))
    expect(hole(undefined)).toThrow(refused('SLUICE_SQL_VALUE', { title: expect.stringContaining('circle') }))
    for (const value of [Number.NaN, Infinity, [], {}, () => 1, new Date(0), exportTo(sink, orders)]) {
      expect(hole(value)).toThrow(refused('SLUICE_SQL_VALUE'))
    }
  })
})

test('assets are frozen, marked for other copies of the package, and refused when they make no sense', () => {
  const orders = ingest(table)
  const all = [
    orders,
    asset(sql`select 1`),
    asset({ orders }, () => []),
    exportTo(sink, orders),
    exportTo(sink, ref('a.b')),
    source({ columns: { id: 'BIGINT' } }),
  ]
  expect(all.map(it => it.kind)).toEqual(['ingest', 'sql', 'rows', 'export', 'export', 'source'])
  expect(all.every(it => Object.isFrozen(it) && isAuthored(it))).toBe(true)
  expect(isAuthored({ [Symbol.for('sluice.asset')]: true })).toBe(true)
  expect([{}, null, 'a', ref('a.b')].some(isAuthored)).toBe(false)
  const exported = all[3] as declare.AuthoredExport
  expect(renderSql(exported.query, () => 'raw.orders')).toBe('select * from "raw"."orders"')

  const shape = refused('SLUICE_ASSET_SHAPE')
  for (const wrong of [undefined, null, 'raw.orders', {}]) expect(() => ingest(wrong as never)).toThrow(shape)
  expect(() => asset('select 1' as never)).toThrow(shape)
  expect(() => asset({ orders } as never)).toThrow(shape)
  expect(() => asset({}, () => [])).toThrow(shape)
  expect(() => asset(sql`select 1`, (() => []) as never)).toThrow(shape)
  expect(() => exportTo({} as never, orders)).toThrow(shape)
  expect(() => exportTo(sink, 'a.b' as never)).toThrow(shape)
  expect(() => asset({ orders: undefined } as never, () => [])).toThrow(refused('SLUICE_ASSET_INPUT'))
  expect(() => asset({ out: exported } as never, () => [])).toThrow(refused('SLUICE_ASSET_INPUT'))
})

test('a secret prints as [secret], and never repeats what it was given', () => {
  const handle = secret('SHOP_URL')
  const printed = [`${handle}`, JSON.stringify({ handle }), inspect({ handle }), inspect([[handle]])]
  expect(printed).toEqual(['[secret]', '{"handle":"[secret]"}', '{ handle: [secret] }', '[ [ [secret] ] ]'])
  try {
    secret('postgres://ada:hush@db/shop')
    expect.unreachable()
  } catch (thrown) {
    expect(thrown).toEqual(refused('SLUICE_SECRET_NAME'))
    expect(inspect(thrown, { depth: 9 }).split('\n    at ')[0]).not.toContain('hush')
  }
})

test('defineConfig', () => {
  const target = { open: async () => expect.fail('not opened') } as never
  const environments = { dev: {}, test: { beside: 'prod' }, prod: { target } }
  const config = defineConfig({
    name: 'shop',
    target,
    environments,
    pools: { api: 2 },
    limits: { stepsMax: 8 },
  })
  expect(config.environments).toEqual(environments)
  expect(isConfig(config) && Object.isFrozen(config)).toBe(true)
  expect(config).toMatchObject({ name: 'shop', pools: { api: 2 }, limits: { stepsMax: 8, graceMs: 10_000 } })
  const wrong: [object, object][] = [
    [{ nam: 'x' }, { fix: 'Did you mean `name`?' }],
    [{ name: '' }, { code: 'SLUICE_OPTION_WRONG' }],
    [{ target: 'shop.duckdb' }, { code: 'SLUICE_OPTION_WRONG' }],
    [{ environments: { prod: { tarjet: target } } }, { fix: 'Did you mean `target`?' }],
    [{ environments: { prod: { target: {} } } }, { title: expect.stringContaining('environments.prod') }],
    [
      { environments: { dev: { beside: 'dev' } } },
      { title: expect.stringContaining('environments.dev.beside') },
    ],
    [
      { environments: { dev: { beside: 'prod' } } },
      { title: expect.stringContaining('environments.dev.beside') },
    ],
    [
      { environments: { dev: { beside: 'prod', target }, prod: { target } } },
      { code: 'SLUICE_OPTION_WRONG' },
    ],
    [{ environments: { a__b: {} } }, { title: expect.stringContaining('environments.a__b') }],
    [{ environments: { '../up': { target } } }, { title: expect.stringContaining('environments.../up') }],
    [{ pools: { api: 0 } }, { title: expect.stringContaining('pools.api') }],
    [{ limits: { stepMax: 1 } }, { fix: 'Did you mean `stepsMax`?' }],
    [{ sources: { 'a.b': {} } }, { title: expect.stringContaining('sources.a.b') }],
  ]
  for (const [options, words] of wrong)
    expect(() => defineConfig(options)).toThrow(expect.objectContaining(words))
})

describe('generators', () => {
  /** Pages of three, by number; every page that was asked for is written down. */
  function server(pagesOf: { readonly [url: string]: number }): { http: Http; asked: string[] } {
    const asked: string[] = []
    async function* pages(url: string, request: PagesRequest = {}): AsyncIterable<Page> {
      for (let page = Number(request.after ?? 0) + 1; page <= (pagesOf[url] ?? 0); page++) {
        asked.push(`${url}${page}`)
        const records = [0, 1, 2].map(i => ({ id: `${url}${(page - 1) * 3 + i}` }))
        yield { records, body: records, position: page }
      }
    }
    return { http: { pages } as Partial<Http> as Http, asked }
  }

  type Killed = { readonly kept: readonly unknown[]; readonly position: Json | undefined }

  /** Reads until so many batches were kept, then is killed: rows behind the last position are lost. */
  async function read(
    generate: IngestFunction<unknown>,
    context: { readonly http: Http; readonly request?: Partial<ReadRequest>; readonly batches?: number },
  ): Promise<Killed> {
    const given = { root: '/', signal: new AbortController().signal, nowMs: () => 0, log: () => {} }
    const kept: unknown[] = []
    let lost: unknown[] = []
    let position: Json | undefined
    let batches = 0
    const request = { position: undefined, since: undefined, ...context.request }
    const { source: from } = ingest(generate)
    for await (const batch of from.read(request, { ...given, http: context.http } satisfies ReadContext)) {
      if (batches++ === context.batches) return { kept, position }
      lost.push(...rowsIn(batch))
      if (batch.position === undefined) continue
      kept.push(...lost)
      lost = []
      position = JSON.parse(JSON.stringify(batch.position)) as Json
    }
    return { kept: [...kept, ...lost], position }
  }
  const rowsIn = (batch: Batch) => (batch.kind === 'rows' ? batch.rows.map(row => row['id']) : [])

  const walks: { readonly [name: string]: IngestFunction<unknown> } = {
    'row by row': async function* ({ http }) {
      for await (const page of http.pages('a')) yield* page.records
    },
    'page by page': async function* ({ http }) {
      for await (const page of http.pages('a')) yield page
    },
    'list by list, of three things': async function* ({ http }) {
      for (const url of ['a', 'b', 'a']) for await (const page of http.pages(url)) yield page.records
    },
    'a thing per record of another': async function* ({ http }) {
      for await (const page of http.pages('a')) {
        for (const { id } of page.records) {
          for await (const inner of http.pages('b'))
            yield inner.records.map(record => ({ id: `${id}/${record['id']}` }))
        }
      }
    },
    'all first, rows later': async function* ({ http }) {
      const all: unknown[] = []
      for await (const page of http.pages('a')) all.push(...page.records)
      for await (const page of http.pages('b')) all.push(...page.records)
      yield* all
    },
    'leaves early, keeps rows back': async function* ({ http }) {
      const all: unknown[] = []
      for await (const page of http.pages('a')) {
        all.push(...page.records)
        if (all.length > 2) break
      }
      yield* all
      for await (const page of http.pages('b')) yield* page.records
    },
    'with a place of its own': async function* ({ position, checkpoint }) {
      for (let id = Number(position ?? 0); id < 9; id++) {
        yield { id }
        if (id % 2 === 1) checkpoint(id + 1)
      }
    },
  }
  test.each(Object.entries(walks))(
    'killed anywhere, nothing is lost and nothing comes twice: %s',
    async (_name, walk) => {
      const counts = { a: 3, b: 2 }
      const whole = await read(walk, { http: server(counts).http })
      expect(whole.kept.length).toBeGreaterThan(5)
      for (let batches = 0; batches < 12; batches++) {
        const killed = await read(walk, { http: server(counts).http, batches })
        const { position } = killed
        const request = position === undefined ? {} : { position, resumes: true }
        const rest = await read(walk, { http: server(counts).http, request })
        expect([...killed.kept, ...rest.kept]).toEqual(whole.kept)
      }
    },
  )

  test('a killed read asks only for what it lacks; a new load begins anew, or where it says', async () => {
    const byRow = walks['row by row'] as IngestFunction<unknown>
    const { position } = await read(byRow, { http: server({ a: 4 }).http, batches: 2 })
    const resumed = server({ a: 4 })
    await read(byRow, { http: resumed.http, request: { position: position as Json, resumes: true } })
    expect(resumed.asked).toEqual(['a3', 'a4'])
    const whole = await read(byRow, { http: server({ a: 4 }).http })
    const anew = server({ a: 4 })
    await read(byRow, { http: anew.http, request: { position: whole.position as Json } })
    expect(anew.asked).toHaveLength(4)

    const own = walks['with a place of its own'] as IngestFunction<unknown>
    const first = await read(own, { http: anew.http })
    const next = { position: first.position as Json }
    expect((await read(own, { http: anew.http, request: next })).kept).toEqual([8])
    expect((await read(own, { http: anew.http, request: { ...next, everything: true } })).kept).toHaveLength(
      9,
    )
  })

  test('no position holds what was asked', async () => {
    const walk: IngestFunction<unknown> = async function* ({ http }) {
      for await (const page of http.pages('a', { query: { key: 'hush' } })) yield page
    }
    const { position } = await read(walk, { http: server({ a: 3 }).http, batches: 2 })
    expect(position).toEqual({
      pages: { done: [], at: { loop: expect.stringMatching(/^[0-9a-f]+\.0$/), after: 2 } },
    })
  })

  test.each([
    [[[1]], 'a number'],
    [['x'], 'a string'],
    [[null], 'null'],
    [[[[{}]]], 'a list within a list'],
    [[[Promise.resolve()]], 'a promise (is an `await` missing?)'],
    [[new Date(0)], 'a Date'],
  ])('%j is no row', async (yielded, what) => {
    const { http } = server({})
    await expect(read(() => yielded, { http })).rejects.toEqual(
      refused('SLUICE_ROW_SHAPE', { title: expect.stringContaining(`yielded ${what} where`) }),
    )
  })

  test('many rows come in batches, and a cancelled read ends', async () => {
    const many = ingest(async function* () {
      for (let id = 0; id < 5_000; id++) yield { id: BigInt(id) }
    })
    const controller = new AbortController()
    const { http } = server({})
    const context = { root: '/', signal: controller.signal, nowMs: () => 0, log: () => {}, http }
    const sizes: number[] = []
    const reading = async () => {
      for await (const batch of many.source.read({ position: undefined, since: undefined }, context)) {
        sizes.push(rowsIn(batch).length)
        if (sizes.length === 4) controller.abort(refused('x'))
      }
    }
    await reading()
    expect(sizes).toEqual([2_000, 2_000, 1_000])
    controller.abort(new DOMException('enough', 'AbortError'))
    await expect(reading()).rejects.toThrow('enough')
  })
})
