import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, openEngine, type Session, type Supplier } from '../../src/engine/index.ts'
import {
  append,
  createTable,
  type DeltaLog,
  deleteRows,
  fsck,
  mergeRows,
  openDeltaLog,
  optimize,
  type Operation,
  type Transaction,
} from '../../src/formats/delta/index.ts'
import { failure } from '../../src/errors/index.ts'
import { memoryStore, type ObjectStore } from '../../src/objects/index.ts'
import { parseType } from '../../src/tables/index.ts'

/** A reader of the table on another machine, with an engine and a cache of its own. */
type Reader = { readonly log: DeltaLog; readonly session: Session }

let top: string
let store: ObjectStore
let dataBytes = 0
let stops: (() => Promise<void>)[] = []
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'sluice-remote-'))
  store = memoryStore()
  stops = []
})
afterEach(async () => {
  for (const stop of stops) await stop()
  await rm(top, { recursive: true, force: true })
})

/** `around`: what stands between the table and the engine's suppliers. */
async function opened(name: string, around: (supplier: Supplier) => Supplier = it => it): Promise<Reader> {
  const engine = await openEngine({ tempDir: join(top, name), memoryBytesMax: 512 * 2 ** 20 })
  const session = await engine.session({ path: name })
  const counted: ObjectStore = {
    ...store,
    get: async (key, options) => {
      const got = await store.get(key, options)
      if (key.endsWith('.parquet')) dataBytes += got.bytes.length
      return got
    },
  }
  const watched: Engine = { ...engine, supply: supplier => engine.supply(around(supplier)) }
  const log = await openDeltaLog({ store: counted, engine: watched, nowMs: Date.now })
  stops.push(async () => {
    await log.close()
    engine.close()
  })
  return { log, session }
}

type Stage = (tx: Transaction) => Promise<{ readonly operation: Operation }>

async function committed({ log, session }: Reader, stage: Stage): Promise<void> {
  const tx = await log.begin({ session })
  await tx.commit((await stage(tx)).operation)
}

const columns = Array.from({ length: 16 }, (_, i) => `c${i}`)
const rowsOfFile = 250_000
/** No two columns alike, none that packs well but the first two. */
const source = (from: number, rows = rowsOfFile) => `select i as c0, (i // 1000)::integer as c1,
  ${columns.slice(2).map((name, i) => `(hash(i, ${i}) >> 1)::bigint as ${name}`)}
  from range(${from}, ${from + rows}) r(i)`

type Declared = { readonly partitionColumns?: readonly string[]; readonly mapping?: 'id' | 'name' }

async function filled(writer: Reader, sqls: readonly string[], declared: Declared = {}): Promise<number> {
  const { log, session } = writer
  const described = await session.describe(sqls[0] ?? '')
  const fields = described.map(({ name, type }) => ({
    name,
    stored: name,
    type: parseType(type),
    nullable: true,
  }))
  const { partitionColumns = [], mapping } = declared
  const properties = {
    'delta.enableDeletionVectors': 'true',
    ...(mapping && { 'delta.columnMapping.mode': mapping }),
  }
  await createTable(log, { session, fields, partitionColumns, properties })
  for (const sql of sqls) await committed(writer, tx => append(tx, sql))
  let total = 0
  for await (const { key, sizeBytes } of store.list('')) if (key.endsWith('.parquet')) total += sizeBytes
  dataBytes = 0
  return total
}

async function seen({ log, session }: Reader): Promise<void> {
  const snapshot = await log.latest()
  await session.run(`create or replace temp view seen as ${(await snapshot?.scan())?.sql}`)
}

describe('of a table on another machine', () => {
  test('a query moves the columns and row groups that it reads, once', async () => {
    const total = await filled(await opened('writer'), [source(0), source(rowsOfFile)])
    const reader = await opened('reader')
    await seen(reader)
    const { session } = reader
    const moved = async (sql: string) => {
      dataBytes = 0
      const rows = await session.rows(sql)
      return { rows, share: dataBytes / total }
    }
    await session.describe('from seen')
    expect(dataBytes).toBe(0)
    const counted = await moved('select count(*) from seen')
    expect(counted.rows).toEqual([[String(2 * rowsOfFile)]])
    expect(counted.share).toBeLessThan(0.01)
    const two = await moved('select sum(c0), count(distinct c9 % 10) from seen')
    expect(two.rows).toEqual([['124999750000', '10']])
    expect(two.share).toBeLessThan(0.2)
    expect((await moved('select min(c9), max(c0) from seen')).share).toBe(0)
    const point = await moved('select c3 = (hash(4711, 1) >> 1)::bigint from seen where c0 = 4711')
    expect(point.rows).toEqual([['true']])
    expect(point.share).toBeLessThan(0.04)
    const whole = await moved('select sum(hash(s)) from seen s')
    expect(whole.share).toBeGreaterThan(0.5)
    expect((await moved('select sum(hash(s)) from seen s')).rows).toEqual(whole.rows)
  })

  test('files of other partitions are looked at and not read', async () => {
    const parts = ['a', 'b', 'c', 'd'].map(
      (part, i) => `select '${part}' as part, * from (${source(i * 1e5, 1e5)})`,
    )
    const total = await filled(await opened('writer'), parts, { partitionColumns: ['part'] })
    const reader = await opened('reader')
    await seen(reader)
    expect(await reader.session.rows("select sum(c0) from seen where part = 'b'")).toEqual([['14999950000']])
    expect(dataBytes / total).toBeLessThan(0.04)
  })

  test('a hole is found and filled: whatever a plan did not tell', async () => {
    await filled(await opened('writer'), [source(0), source(rowsOfFile)])
    const holes: number[] = []
    const blind = (supplier: Supplier): Supplier => ({
      bring: async () => undefined,
      bringMore: (plan, words, attempt) => {
        holes.push(attempt)
        return supplier.bringMore(plan, words, attempt)
      },
    })
    const reader = await opened('reader', blind)
    await seen(reader)
    const { session } = reader
    expect(await session.rows('select count(*) from seen')).toEqual([[String(2 * rowsOfFile)]])
    expect(await session.rows('select sum(c0) from seen where c1 >= 0')).toEqual([['124999750000']])
    await session.run('create temp table kept as select c0, c2 from seen where c0 < 10')
    expect(await session.count('select count(*) from kept')).toBe(10)
    expect(holes.length).toBeGreaterThanOrEqual(3)
  })

  test('a file that is gone is missing under its name, not a hole', async () => {
    await filled(await opened('writer'), [source(0)])
    const keys: string[] = []
    for await (const { key } of store.list('')) if (key.endsWith('.parquet')) keys.push(key)
    await store.delete(keys)
    const reader = await opened('reader')
    await seen(reader)
    await expect(reader.session.rows('select c0 from seen')).rejects.toMatchObject({
      code: 'SLUICE_DELTA_FILE_MISSING',
      title: expect.stringContaining(keys[0] ?? ''),
    })
  })

  test('of a write that fails while its files are sent, none stays', async () => {
    const writer = await opened('writer')
    const sixFiles = 'select i as n, i % 6 as part from range(100) r(i)'
    await filled(writer, [sixFiles], { partitionColumns: ['part'] })
    const keys = async () => {
      const found: string[] = []
      for await (const { key } of store.list('')) found.push(key)
      return found
    }
    const before = await keys()
    const upload = store.upload
    let sent = 0
    store = {
      ...store,
      upload: async (key, path) => {
        if (++sent > 2) throw failure('SLUICE_OBJECT_CUT', { store: 'it', key, bytes: 1, wanted: 2 })
        return upload(key, path)
      },
    }
    const { log, session } = await opened('failing')
    const tx = await log.begin({ session })
    const staging = append(tx, sixFiles)
    await expect(staging).rejects.toMatchObject({ code: 'SLUICE_OBJECT_CUT' })
    await tx.abandon()
    expect(await keys()).toEqual(before)
  })

  test('changes of rows and care do what they do at home', async () => {
    const writer = await opened('writer')
    await filled(writer, [source(0), source(rowsOfFile)])
    const reader = await opened('reader')
    await committed(reader, tx => deleteRows(tx, { where: 'c0 % 1000 = 7' }))
    await committed(reader, tx =>
      mergeRows(tx, {
        source: `select c0, -1 as c2 from (values (3), (5), (900000)) t(c0)`,
        on: 'source.c0 = target.c0',
        clauses: [
          { when: 'matched', do: { update: { c2: 'source.c2' } } },
          { when: 'not matched', do: { insert: { c0: 'source.c0', c2: 'source.c2' } } },
        ],
      }),
    )
    const { log, session } = await opened('optimizer')
    await optimize(log, { session })
    expect((await fsck(log, { session })).flaws).toEqual([])
    await seen(reader)
    const counts = await reader.session.rows('select count(*), count(*) filter (c2 = -1) from seen')
    expect(counts).toEqual([[String(2 * rowsOfFile * 0.999 + 1), '3']])
    await seen(writer)
    const all = 'select count(*), sum(c0), sum(hash(s)) from seen s'
    expect(await reader.session.rows(all)).toEqual(await writer.session.rows(all))
  })

  test.each(['id', 'name', undefined] as const)(
    'rows are those at home, by %s, whatever is asked',
    async mapping => {
      const sqls = [0, 60_000].map(
        from => `select i as n, 'p' || (i // 30000) as part, 'w' || i % 11 as word, (i % 5)::integer as small,
        date '2020-01-01' + (i // 50)::integer as day, {a: i, b: 'x' || i % 3} as inside, [i, i + 1] as list,
        timestamp '2020-01-01' + to_seconds(i) as moment, (i % 100)::decimal(9, 2) as price,
        case when i % 3 = 0 then i / 7.0 end as real
        from range(${from}, ${from + 60_000}) r(i)`,
      )
      const writer = await opened('writer')
      await filled(writer, sqls, { partitionColumns: ['part'], ...(mapping && { mapping }) })
      await committed(writer, tx => deleteRows(tx, { where: 'n % 97 = 5' }))
      const home = writer.session
      await home.run(
        `create temp table seen as select * from (${sqls.join(' union all ')}) where n % 97 <> 5`,
      )
      const number = fc.integer({ min: -10, max: 130_000 })
      const condition = fc.oneof(
        number.map(n => `n >= ${n}`),
        fc.tuple(number, fc.nat(100)).map(([n, more]) => `n between ${n} and ${n + more}`),
        fc.array(number, { minLength: 1, maxLength: 3 }).map(all => `n in (${all.join(', ')})`),
        fc.nat(12).map(n => `word = 'w${n}'`),
        fc.nat(5).map(n => `part = 'p${n}'`),
        fc.nat(2500).map(n => `day < date '2020-01-01' + ${n}`),
        number.map(n => `moment > timestamp '2020-01-01' + to_seconds(${n})`),
        number.map(n => `inside.a > ${n}`),
        fc.constantFrom(
          'real is null',
          'real is not null',
          'price = 3',
          "word like 'w1%'",
          'small + n < 400',
        ),
      )
      const wanted = fc.constantFrom(
        'count(*)',
        'sum(n)',
        'max(word)',
        'min(inside.b)',
        'sum(list[2])',
        'max(moment)',
      )
      const asked = fc.tuple(
        fc.array(wanted, { minLength: 1, maxLength: 3 }),
        fc.array(condition, { maxLength: 3 }),
        fc.constantFrom('and', 'or'),
      )
      let readers = 0
      await fc.assert(
        fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 4 }), async queries => {
          const reader = await opened(`reader-${readers++}`)
          await seen(reader)
          for (const [what, where, by] of queries) {
            const rest = where.length > 0 ? `where ${where.join(` ${by} `)}` : ''
            const sql = `select ${what.join(', ')} from seen ${rest}`
            expect(await reader.session.rows(sql)).toEqual(await home.rows(sql))
            const first = `select n, word from seen ${rest} order by n desc limit 5`
            expect(await reader.session.rows(first)).toEqual(await home.rows(first))
          }
          await stops.pop()?.()
        }),
        { numRuns: 25 },
      )
    },
  )
})
