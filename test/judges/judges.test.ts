import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../src/engine/index.ts'
import { openDeltaLog, openTable } from '../../src/formats/delta/index.ts'
import { Failure } from '../../src/errors/index.ts'
import { localStore } from '../../src/objects/index.ts'
import { quoteName, quoteText } from '../../src/sql/index.ts'
import { typeSql } from '../../src/tables/index.ts'
import { chdb, deltaRs, type Judge, spark, type WritingJudge } from './judges.ts'
import { type Case, cases, type Feature } from './tables.ts'

/** What a judge cannot read, so that its verdict is not asked. */
const lacks: { readonly [judge: string]: readonly Feature[] } = {
  deltalake: ['type widening'],
  chdb: [],
  spark: [],
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-judged-'))
const all = cases()
let writers: readonly WritingJudge[]
let judges: readonly Judge[]
let engine: Engine
let session: Session

beforeAll(async () => {
  writers = [deltaRs(), spark()]
  judges = [...writers, chdb()]
  engine = await openEngine({ tempDir: join(folder, 'temp'), memoryBytesMax: 2 ** 30 })
  session = await engine.session({ path: folder })
}, 900_000)

afterAll(async () => {
  for (const judge of judges ?? []) await judge.close()
  engine?.close()
  rmSync(folder, { recursive: true, force: true })
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

/** Our own reading: a SELECT, and the columns with their types. */
type Ours = {
  readonly sql: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

async function reading(path: string, act: (ours: Ours) => Promise<void>): Promise<void> {
  const log = await openDeltaLog({ store: localStore(path), engine, nowMs: () => Date.now() })
  try {
    const snapshot = await log.latest()
    const columns = snapshot?.fields.map(({ name, type }) => ({ name, type: typeSql(type) })) ?? []
    await act({ sql: (await snapshot?.scan())?.sql ?? '', columns })
  } finally {
    await log.close()
  }
}

async function verdict(judge: Judge, path: string, ours: Ours): Promise<string> {
  const out = `${path}-${judge.name}.parquet`
  try {
    await judge.read(path, out)
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
  return `${missing.length} missing ${JSON.stringify(missing[0])}, ${extra.length} more ${JSON.stringify(extra[0])}`
}
