import { afterEach, expect, test } from 'vitest'
import { optimize } from '../../../src/formats/delta/care/optimize/optimize.ts'
import { restore } from '../../../src/formats/delta/care/restore.ts'
import type { Operation, Transaction } from '../../../src/formats/delta/face.ts'
import { append } from '../../../src/formats/delta/rows/append.ts'
import { changeRows } from '../../../src/formats/delta/rows/change.ts'
import type { MergeRequestClause } from '../../../src/formats/delta/rows/clauses.ts'
import { deleteRows } from '../../../src/formats/delta/rows/delete.ts'
import { mergeRows } from '../../../src/formats/delta/rows/merge.ts'
import { overwrite } from '../../../src/formats/delta/rows/overwrite.ts'
import { changes } from '../../../src/formats/delta/log/changes.ts'
import { updateRows } from '../../../src/formats/delta/rows/update.ts'
import { addColumns } from '../../../src/formats/delta/schema/alter.ts'
import { memoryStore } from '../../../src/objects/index.ts'
import { createIn, type TestTable, testTable } from '../table.ts'
import { type Chance, chanceOf } from './chance.ts'
import { type Clause, modelSql, nextStep, type Step, type World } from './steps.ts'

// Random operations on a Delta table and on a table of DuckDB that knows nothing of Delta: equal after each,
// at every past version, and through the change feed. `SLUICE_MODEL_STEPS=10000` takes that many of them; a
// failure names its seed, which `SLUICE_MODEL_SEED` repeats.

const steps = Number(process.env['SLUICE_MODEL_STEPS'] ?? 250)
/** A step takes 0.1 s of CPU, and waits for the disk. */
const timeoutMs = 30_000 + steps * 1_000
/** Versions whose changes are read in one go. */
const versionsAtOnce = 50
const seed = Number(process.env['SLUICE_MODEL_SEED'] ?? Date.now() % 2 ** 31)

const variants = {
  'deletion vectors, change feed': {
    'delta.enableDeletionVectors': 'true',
    'delta.enableChangeDataFeed': 'true',
  },
  'copies, partitions, change feed': {
    'delta.enableDeletionVectors': 'false',
    'delta.enableChangeDataFeed': 'true',
    partitioned: 'yes',
    store: 'memory',
  },
  'vectors, partitions, columns by name, change feed': {
    'delta.columnMapping.mode': 'name',
    'delta.enableChangeDataFeed': 'true',
    partitioned: 'yes',
  },
  'vectors, rows with numbers for life': { 'delta.enableRowTracking': 'true', store: 'memory' },
  'copies, columns by id, commit times in the log': {
    'delta.enableDeletionVectors': 'false',
    'delta.columnMapping.mode': 'id',
    'delta.enableInCommitTimestamps': 'true',
    store: 'memory',
  },
}

/** Ten thousand files are deleted, on a disk that others use. */
const closeMsMax = 60_000

let table: TestTable
afterEach(() => table.close(), closeMsMax)

const names = Object.keys(variants) as readonly (keyof typeof variants)[]

test.each(names)(
  'a table lives as the model does: %s',
  async name => {
    const { partitioned, store, ...properties }: { readonly [property: string]: string } = variants[name]
    const memory = memoryStore()
    table = await testTable(store === 'memory' ? { store: () => memory } : {})
    const chance = chanceOf(seed + names.indexOf(name))
    const life = await begin(properties, partitioned !== undefined)
    for (let n = 0; n < steps / names.length; n++) {
      const step = nextStep(chance, life.world)
      const words = `seed ${seed}, step ${n} of “${name}”: ${JSON.stringify(step)}`
      const before = life.version
      await during(words, async () => {
        const operation = await live(life, step, chance)
        await compareNewest(life, words)
        if (life.feeds) await compareFeed({ from: before, to: life.version }, words)
        if (life.numbers) await compareNumbers(step.kind, operation, words)
      })
    }
    const inPast = `seed ${seed}, the past of “${name}”`
    await during(inPast, () => comparePast(life, inPast))
    if (!life.feeds) return
    const inFeed = `seed ${seed}, the change feed of “${name}”`
    for (let from = 0; from < life.version; from += versionsAtOnce)
      await during(inFeed, () =>
        compareFeed({ from, to: Math.min(from + versionsAtOnce, life.version) }, inFeed),
      )
  },
  timeoutMs,
)

/** Whatever goes wrong says where it did. */
async function during(words: string, act: () => Promise<void>): Promise<void> {
  await act().catch((thrown: unknown) => {
    throw new Error(words, { cause: thrown })
  })
}

type Life = {
  world: World
  version: number
  readonly feeds: boolean
  readonly numbers: boolean
}

const columns = [
  'id BIGINT',
  'k INTEGER',
  'a DECIMAL(12,2)',
  's VARCHAR',
  't TIMESTAMP WITH TIME ZONE',
  'p STRUCT(x INTEGER, y VARCHAR)',
]

async function begin(properties: { readonly [name: string]: string }, partitioned: boolean): Promise<Life> {
  const partitionColumns = partitioned ? ['k'] : []
  await createIn(table, table.log, { columns, properties, partitionColumns })
  await table.session.run(`create or replace table model (${columns.join(', ')})`)
  await keepVersion(0)
  const numbers = 'delta.enableRowTracking' in properties
  if (numbers) await holdNumbers('numbers_before')
  return {
    world: { partitioned, added: [] },
    version: 0,
    feeds: 'delta.enableChangeDataFeed' in properties,
    numbers,
  }
}

/** One step in both worlds; the model of every version is kept. */
async function live(life: Life, step: Step, chance: Chance): Promise<Operation | undefined> {
  const { session, log } = table
  let operation: Operation | undefined
  if ('rows' in step) await session.run(`create or replace temp table incoming as ${step.rows}`)
  if (step.kind === 'restore') {
    const version = chance.integer(life.version + 1)
    const { already } = await restore(log, { session, when: { version } })
    await session.run(`create or replace table model as from ${past(version)}`)
    if (already) return undefined
  } else if (step.kind === 'optimize') {
    const { version } = await optimize(log, { session, zorder: step.zorder })
    if (version === undefined) return undefined
  } else
    await table.commit(async tx => {
      operation = await act(tx, step, life)
      return operation
    })
  for (const sql of modelSql(step, 'incoming', columnNames(life))) await session.run(sql)
  await keep(life)
  return operation
}

/** Versions that one step made: all have the rows that it left. */
async function keep(life: Life): Promise<void> {
  const { version } = await table.newest()
  for (let v = life.version + 1; v <= version; v++) await keepVersion(v)
  life.version = version
  const described = await table.session.describe('from model')
  life.world = { ...life.world, added: described.slice(columns.length).map(({ name }) => name) }
}

/** Files, and not tables of the engine: of these each takes megabytes. */
function past(version: number): string {
  return `'${table.engine.tempDir}/model_${version}.parquet'`
}

async function keepVersion(version: number): Promise<void> {
  await table.session.run(`copy model to ${past(version)}`)
}

function columnNames({ world }: Life): readonly string[] {
  return [...columns.map(column => column.split(' ')[0] ?? ''), ...world.added]
}

async function act(tx: Transaction, step: Step, life: Life): Promise<Operation> {
  const from = 'from incoming'
  switch (step.kind) {
    case 'append':
      return (await append(tx, from)).operation
    case 'overwrite':
      return (await overwrite(tx, from)).operation
    case 'replaceWhere':
      return (await overwrite(tx, from, { where: step.where })).operation
    case 'replacePartitions':
      return (await overwrite(tx, from, { partitions: 'dynamic' })).operation
    case 'delete':
      return (await deleteRows(tx, step)).operation
    case 'update':
      return (await updateRows(tx, step)).operation
    case 'merge': {
      const clauses = step.clauses.map(asked)
      const as = { source: 's', target: 't' }
      return (await mergeRows(tx, { ...step, source: from, as, clauses })).operation
    }
    case 'change': {
      tx.readWhere(step.remove)
      const { sql } = await tx.scan({ where: step.remove, columns: [], positions: true })
      const remove = `select _file, _pos from (${sql})`
      return (await changeRows(tx, { remove, add: from, mode: step.mode })).operation
    }
    case 'addColumn': {
      const name = `n${life.version}`
      await tx.session.run(`alter table model add column ${name} INTEGER`)
      return addColumns(tx, [{ path: [name], type: 'INTEGER' }])
    }
    case 'optimize':
    case 'restore':
      throw new TypeError('it commits by itself')
  }
}

function asked({ when, and, do: act }: Clause): MergeRequestClause {
  if (act === 'delete') return { when, and, do: act } as MergeRequestClause
  const how = when === 'not matched' ? 'insert' : 'update'
  return { when, and, do: { [how]: act } } as MergeRequestClause
}

async function compareNewest({ version }: Life, words: string): Promise<void> {
  const { sql } = await (await table.newest()).scan()
  expect(await difference(sql, `from ${past(version)}`), words).toBe(0)
}

/** Every version, as another process finds it. */
async function comparePast({ version }: Life, words: string): Promise<void> {
  const log = await table.again()
  for (let v = 0; v <= version; v++) {
    const { sql } = await (await log.at({ version: v })).scan()
    expect(await difference(sql, `from ${past(v)}`), `${words}, version ${v}`).toBe(0)
  }
}

/** Rows before, with those that came, are the rows after, with those that went. */
async function compareFeed(versions: { from: number; to: number }, words: string): Promise<void> {
  if (versions.from === versions.to) return
  const { session, log } = table
  const { sql } = await changes(log, { from: versions.from + 1, to: versions.to })
  await session.run(`create or replace temp table feed as ${sql}`)
  const has = new Set((await columnsOf(past(versions.from))).map(name => name))
  const wanted = await columnsOf(past(versions.to))
  const before = `select ${wanted.map(name => (has.has(name) ? name : `null::integer as ${name}`)).join(', ')}
    from ${past(versions.from)}`
  const told = (types: string) => `select ${wanted.join(', ')} from feed where _change_type in (${types})`
  const [came, went] = [told("'insert', 'update_postimage'"), told("'delete', 'update_preimage'")]
  const left = `${before} union all ${came}`
  const right = `select ${wanted.join(', ')} from ${past(versions.to)} union all ${went}`
  expect(await difference(left, right), `${words}, changes of ${JSON.stringify(versions)}`).toBe(0)
  const images = await session.row(`select count(case _change_type when 'update_preimage' then 1 end),
    count(case _change_type when 'update_postimage' then 1 end) from feed`)
  expect(images[0], words).toBe(images[1])
}

async function columnsOf(relation: string): Promise<readonly string[]> {
  return (await table.session.describe(`from ${relation}`)).map(({ name }) => name)
}

async function holdNumbers(name: string): Promise<void> {
  const { sql } = await (await table.newest()).scan({ positions: true })
  await table.session.run(
    `create or replace temp table ${name} as select * exclude (_file, _pos) from (${sql})`,
  )
}

/** Which rows keep their ids, and when they were last changed. */
async function compareNumbers(
  kind: Step['kind'],
  operation: Operation | undefined,
  words: string,
): Promise<void> {
  const { session } = table
  await holdNumbers('numbers_after')
  const [rows, ids] = await session.row('select count(*), count(distinct _row_id) from numbers_after')
  expect(ids, `${words}: each row has an id of its own`).toBe(rows)
  const kept = await session.count(
    'select count(*) from numbers_after semi join numbers_before using (_row_id)',
  )
  const before = await session.count('select count(*) from numbers_before')
  const metrics = operation?.metrics ?? {}
  const deleted = Number(metrics['numTargetRowsDeleted'] ?? metrics['numDeletedRows'] ?? 0)
  const survivors = { append: before, delete: Number(rows), update: before, optimize: before }
  const expected = { ...survivors, merge: before - deleted, change: before - deleted, addColumn: before }
  if (kind in expected)
    expect(kept, `${words}: rows keep their ids`).toBe(expected[kind as keyof typeof expected])
  const same = { append: 'numbers_before', delete: 'numbers_after', optimize: 'numbers_before' }
  if (kind in same) {
    const part = same[kind as keyof typeof same]
    const whole = part === 'numbers_before' ? 'numbers_after' : 'numbers_before'
    const strangers = `select count(*) from (select * from ${part} except all select * from ${whole})`
    expect(await session.count(strangers), `${words}: rows that were not changed are as they were`).toBe(0)
  }
  await session.run('create or replace temp table numbers_before as from numbers_after')
}

/** Rows that only one of two relations has. */
function difference(one: string, other: string): Promise<number> {
  const without = (a: string, b: string) => `select * from (${a}) except all select * from (${b})`
  return table.session.count(
    `select count(*) from ((${without(one, other)}) union all (${without(other, one)}))`,
  )
}
