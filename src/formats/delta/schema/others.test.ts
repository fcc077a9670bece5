import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../../engine/index.ts'
import { localStore } from '../../../objects/index.ts'
import type { DeltaLog } from '../face.ts'
import { openDeltaLog } from '../log/open.ts'
import { append } from '../rows/append.ts'
import { readSchema } from './schema-string.ts'

// Tables that Spark made, written on: their rules were set by somebody else.
const fixtures = fileURLToPath(new URL('../../../../../shared/fixtures/lake/', import.meta.url))

let folder: string
let engine: Engine
let session: Session
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-others-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'a table' })
})
afterAll(async () => {
  engine.close()
  await rm(folder, { recursive: true })
})

type Table = {
  readonly log: DeltaLog
  readonly write: (sql: string) => Promise<void>
  readonly rows: (sql: string) => Promise<readonly (readonly (string | null)[])[]>
}

async function withTable(path: string, act: (table: Table) => Promise<void>): Promise<void> {
  const copy = await mkdtemp(join(folder, 'table-'))
  await cp(join(fixtures, path), copy, { recursive: true }).catch((thrown: unknown) => {
    throw new TypeError(`The fixture tables are not at ${fixtures}: nothing of them is tested.`, {
      cause: thrown,
    })
  })
  const log = await openDeltaLog({ store: localStore(copy), engine, nowMs: Date.now })
  const write = async (sql: string) => {
    const tx = await log.begin({ session })
    try {
      await tx.commit((await append(tx, sql)).operation)
    } finally {
      await tx.abandon()
    }
  }
  const rows = async (sql: string) => {
    const scan = await (await log.latest())?.scan()
    return session.rows(sql.replace('$table', `(${scan?.sql})`))
  }
  try {
    await act({ log, write, rows })
  } finally {
    await log.close()
  }
}

test('generated columns of a table that Spark made are computed', () =>
  withTable('dat/out/reader_tests/generated/generated_columns/delta', async ({ write, rows }) => {
    await write("select 'mine' as letter, 1 as int")
    // Spark's CAST(now() AS DATE), in UTC.
    const today = new Date().toISOString().slice(0, 10)
    expect(await rows("select creation from $table where letter = 'mine'")).toEqual([[today]])
    const wrong = write("select 'mine' as letter, date '2001-02-03' as creation")
    await expect(wrong).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONSTRAINT_BROKEN' })
  }))

test('constraints of a table that Spark made hold, and what breaks one leaves no version behind', () =>
  withTable('dat/out/reader_tests/generated/check_constraints/delta', async ({ log, write }) => {
    const before = (await log.latest())?.version ?? 0
    await expect(write("select 'x' as letter, 0 as int")).rejects.toMatchObject({
      code: 'SLUICE_DELTA_CONSTRAINT_BROKEN',
      message: 'Rows break the rule `const1` of the Delta table.',
    })
    expect((await log.latest())?.version).toBe(before)
    await write("select 'x' as letter, 1 as int")
    expect((await log.latest())?.version).toBe(before + 1)
  }))

test('numbers go on where Spark stopped', () =>
  withTable('delta-rs/checkpoint-v2-table', async ({ log, write, rows }) => {
    const [[highest] = []] = await rows('select max(id) from $table')
    await write("select 'mine' as name from range(3)")
    const found = await rows("select id from $table where name = 'mine' order by id")
    const marks = [1, 2, 3].map(step => String(Number(highest) + step))
    expect(found.map(([id]) => id)).toEqual(marks)
    const { fields } = readSchema((await log.latest())?.metadata.schemaString ?? '')
    expect(fields[0]?.metadata['delta.identity.highWaterMark']).toBe(Number(marks[2]))
  }))

test('a table whose types Spark widened takes values of the wider types, nested ones too', () =>
  withTable('delta-golden/type-widening-nested', async ({ log, write, rows }) => {
    const before = await log.latest()
    await write("select {'a': 5000000000} as struct, map {7: 8} as map, [5000000001, null] as array")
    const found = await rows(
      'select t.struct.a, t.map[7], t.array from $table t where t.struct.a > 4000000000',
    )
    expect(found).toContainEqual(['5000000000', '8', '[5000000001,null]'])
    const after = await log.latest()
    expect(after?.metadata).toEqual(before?.metadata)
  }))
