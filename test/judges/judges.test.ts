import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../src/engine/index.ts'
import { changes, type DeltaTable, openDeltaLog, openTable } from '../../src/formats/delta/index.ts'
import { Failure } from '../../src/errors/index.ts'
import { localStore } from '../../src/objects/index.ts'
import { quoteName, quoteText } from '../../src/sql/index.ts'
import { typeSql } from '../../src/tables/index.ts'
import { unableBecause } from '../servers/install.ts'
import { chdb, deltaRs, duckdbDelta, type Judge, spark, type WritingJudge } from './judges.ts'
import { type Case, cases, type Feature } from './tables.ts'
import { theirs } from './theirs.ts'

/** What a judge cannot read, so that its verdict is not asked. */
const lacks: { readonly [judge: string]: readonly Feature[] } = {
  deltalake: ['type widening'],
  // ClickHouse has no NULL of arrays and tuples.
  chdb: ['nested values that are NULL'],
  // It gives NULL for the partitions of Spark's own `data-reader-timestamp_ntz-name-mode`, too.
  duckdb: ['partitions of mapped columns'],
  spark: [],
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-judged-'))
const all = cases()
let writers: readonly WritingJudge[]
let judges: readonly Judge[]
let engine: Engine
let session: Session

let unable: string | undefined

beforeAll(async () => {
  try {
    writers = [deltaRs(), spark()]
    judges = [...writers, chdb(), duckdbDelta()]
  } catch (thrown) {
    unable = unableBecause(thrown)
    if (unable === undefined) throw thrown
  }
  engine = await openEngine({ tempDir: join(folder, 'temp'), memoryBytesMax: 2 ** 30 })
  session = await engine.session({ path: folder })
}, 900_000)

afterAll(async () => {
  for (const judge of judges ?? []) await judge.close()
  engine?.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(({ skip }) => {
  if (unable !== undefined) skip(`judges cannot be installed here: ${unable}`)
})

test('there are sixty tables and more', () => {
  expect(all.length).toBeGreaterThanOrEqual(60)
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

test.each(all.map((made, i) => [made.name, made, i] as const))(
  'what we wrote is read equal by all: %s',
  async (_, made, i) => {
    const path = join(folder, `table-${i}`)
    await write(path, made)
    const asked = judges.filter(({ name }) => !lacks[name]?.some(feature => made.needs.includes(feature)))
    const verdicts: { [judge: string]: string } = {}
    await reading(path, async ours => {
      for (const judge of asked) verdicts[judge.name] = await verdict(judge, path, ours)
    })
    expect(verdicts).toEqual(Object.fromEntries(asked.map(({ name }) => [name, 'equal'])))
  },
  120_000,
)

async function write(path: string, { create, fill }: Case): Promise<void> {
  await using table = await openTable(path, { create })
  await fill(table)
}

test.each(theirs.map((made, i) => [made.name, made, i] as const))(
  'what others wrote is read equal by us, and goes on by us: %s',
  async (_, made, i) => {
    const path = join(folder, `theirs-${i}`)
    const judge = writers.find(({ name }) => name === made.judge) as WritingJudge
    let files = 0
    await made.make(judge, path, async sql => {
      const file = `${path}-rows-${files++}.parquet`
      await session.run(`copy (${sql}) to ${quoteText(file)} (format parquet)`)
      return file
    })
    const latest = await versionOf(path)
    const verdicts: string[] = []
    for (let version = 0; version <= latest; version++)
      await reading(
        path,
        async ours => void verdicts.push(await verdict(judge, path, { ...ours, version })),
        version,
      )
    expect(verdicts).toEqual(verdicts.map(() => 'equal'))
    if (made.feedFrom !== undefined)
      expect(await feeds(judge, path, { from: made.feedFrom, to: latest })).toBe('equal')
    if (made.readOnly) return
    await goOn(path)
    await reading(path, async ours => expect(await verdict(judge, path, ours)).toBe('equal'))
  },
  240_000,
)

async function versionOf(path: string): Promise<number> {
  await using table = await openTable(path)
  return table.version()
}

/** The table lives on by our hand. */
async function goOn(path: string): Promise<void> {
  await using table = await openTable(path)
  const [first] = await table.columns()
  const name = quoteName(first?.name ?? '')
  const middle = (await table.query(`select quantile_disc(${name}, 0.5) from delta`)).rows[0]?.[0]
  await table.append({ sql: `select * from (${await sqlOf(table)}) limit 3` })
  await table.delete(`${name} < ${quoteText(middle ?? '')}`)
  await table.optimize({ minBytes: 1 })
  await table.checkpoint()
}

async function sqlOf(table: DeltaTable): Promise<string> {
  const file = join(folder, `rows-${crypto.randomUUID()}.parquet`)
  const names = (await table.columns()).map(({ name }) => quoteName(name)).join(', ')
  await table.query(`copy (select ${names} from delta limit 3) to ${quoteText(file)} (format parquet)`)
  return `select * from read_parquet(${quoteText(file)})`
}

type Versions = { readonly from: number; readonly to: number }

async function feeds(judge: WritingJudge, path: string, versions: Versions): Promise<string> {
  const out = `${path}-feed.parquet`
  await judge.changes(path, out, versions)
  const log = await openDeltaLog({ store: localStore(path), engine, nowMs: () => Date.now() })
  try {
    const { sql } = await changes(log, versions)
    const columns = (await session.describe(sql)).filter(({ name }) => name !== '_commit_timestamp')
    return await compared({ sql, columns }, out)
  } finally {
    await log.close()
  }
}

/** Our own reading: a SELECT, and the columns with their types. */
type Ours = {
  readonly sql: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

async function reading(path: string, act: (ours: Ours) => Promise<void>, version?: number): Promise<void> {
  const log = await openDeltaLog({ store: localStore(path), engine, nowMs: () => Date.now() })
  try {
    const snapshot = version === undefined ? await log.latest() : await log.at({ version })
    const columns = snapshot?.fields.map(({ name, type }) => ({ name, type: typeSql(type) })) ?? []
    await act({ sql: (await snapshot?.scan())?.sql ?? '', columns })
  } finally {
    await log.close()
  }
}

async function verdict(
  judge: Judge,
  path: string,
  ours: Ours & { readonly version?: number },
): Promise<string> {
  const out = `${path}-${judge.name}.parquet`
  try {
    rmSync(out, { force: true })
    await judge.read(path, out, ours.version)
    return await compared(ours, out)
  } catch (thrown) {
    return (thrown instanceof Failure ? `${thrown.title} ${thrown.why}` : String(thrown)).slice(0, 600)
  }
}

/** `equal`, or how many rows are on one side only, and the first of them. */
async function compared({ sql, columns }: Ours, theirs: string): Promise<string> {
  if (!existsSync(theirs)) return 'it wrote nothing'
  const from = `read_parquet(${quoteText(theirs)})`
  const bytes = new Set(
    (await session.describe(`from ${from}`)).filter(({ type }) => type === 'BLOB').map(({ name }) => name),
  )
  const list = (decodes: boolean) =>
    columns.map(({ name, type }) => {
      const text = decodes && type === 'VARCHAR' && bytes.has(name)
      const value = text ? `decode(${quoteName(name)})` : `${quoteName(name)}::${type}`
      return `${value} as ${quoteName(name)}`
    })
  const mine = `select ${list(false).join(', ')} from (${sql})`
  const other = `select ${list(true).join(', ')} from ${from}`
  const missing = await session.rows(`select columns(*)::varchar from (${mine} except all ${other})`)
  const extra = await session.rows(`select columns(*)::varchar from (${other} except all ${mine})`)
  if (missing.length + extra.length === 0) return 'equal'
  const shown = (side: typeof missing) => `${side.length} ${JSON.stringify(side[0])}`
  return `missing ${shown(missing)}, more ${shown(extra)}`
}
