import type {
  Batch,
  PartitionSlice,
  Store,
  TargetContext,
  Work,
  WorkRequest,
  WriteRequest,
} from '../connect/index.ts'
import { quoteAsset, quoteName } from '../sql/index.ts'
import type { AssetName, Column, Counts, PartitionKey, WriteStrategy } from '../model/index.ts'
import type { Case } from './case.ts'
import type { Kept, Load } from './model.ts'
import type { TargetSubject } from './target.ts'

/** An opened target of one case. */
export type Bench = {
  readonly store: Store
  readonly context: TargetContext
  /** Close and open again, as after a crash: nothing is said to works that are under way. */
  reopen(): Promise<Bench>
}

/** A case over a target of its own. */
export function onTarget(subject: TargetSubject, name: string, act: (bench: Bench) => Promise<void>): Case {
  const run = async () => {
    const trial = await subject.fresh()
    const open = async (): Promise<Bench> => {
      const store = await trial.target.open(trial.context)
      opened.push(store)
      return {
        store,
        context: trial.context,
        reopen: async () => {
          await store.close()
          return open()
        },
      }
    }
    const opened: Store[] = []
    try {
      await act(await open())
    } finally {
      for (const store of opened) await store.close()
      await trial.dispose()
    }
  }
  return { name, run }
}

export const asset: AssetName = 'lab.things'

const bigint = 'BIGINT'
export const columns: readonly Column[] = [
  { name: 'id', type: bigint, nullable: true },
  { name: 'name', type: 'VARCHAR', nullable: true },
  { name: 'day', type: 'DATE', nullable: false },
  { name: 'seq', type: bigint, nullable: false },
]

const never = new AbortController().signal

export function workOf(effect: string, options: Partial<WorkRequest> = {}): WorkRequest {
  return { asset, effect, keyed: true, signal: never, ...options }
}

export async function* batchesOf(...batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches
}

export type Outcome = {
  readonly already: boolean
  readonly unchanged: boolean
  readonly counts: Counts
  readonly partitions: readonly PartitionKey[]
}

/** One whole step: load, write, publish. */
export async function step(
  store: Store,
  load: Load & { readonly strategy: WriteStrategy; readonly effect: string },
  options: Partial<WorkRequest> = {},
): Promise<Outcome> {
  const work = await store.begin(workOf(load.effect, options))
  try {
    const written = await writeLoad(work, load, options.asset ?? asset)
    const { counts } = written
    const effect = { asset: options.asset ?? asset, run: 'run', atMs: load.atMs, counts, record: null }
    return { ...written, already: (await work.publish(effect)).already }
  } finally {
    await work.abandon()
  }
}

/** Load and write, without publishing. */
export async function writeLoad(
  work: Work,
  load: Load & { readonly strategy: WriteStrategy },
  table: AssetName = asset,
): Promise<Omit<Outcome, 'already'>> {
  const loaded = await work.load(batchesOf({ kind: 'rows', rows: load.rows }), {
    columns,
    detect: 'types',
    nested: 'keep',
  })
  const list = columns.map(({ name }) => quoteName(name)).join(', ')
  const written = await work.write(requestOf(load, table, `select ${list} from ${loaded.relation}`))
  const refused = loaded.unreadable.rows
  const counts = { in: loaded.rowsIn, out: written.out, refused, deduplicated: written.deduplicated }
  return { counts, unchanged: written.unchanged, partitions: written.partitions }
}

export function requestOf(
  load: Pick<Load, 'atMs' | 'deleteMissing' | 'days'> & { readonly strategy: WriteStrategy },
  table: AssetName,
  sql: string,
): WriteRequest {
  return {
    table,
    strategy: load.strategy,
    sql,
    columns,
    key: load.strategy === 'view' ? [] : ['id'],
    cursor: 'seq',
    partition: load.days === undefined ? undefined : sliceOf(load.days),
    atMs: load.atMs,
    deleteMissing: load.deleteMissing ?? false,
  }
}

function sliceOf({ first, last }: { readonly first: string; readonly last: string }): PartitionSlice {
  return {
    scheme: { kind: 'time', column: 'day', unit: 'day', zone: 'UTC' },
    first,
    last,
    where: `"day" >= DATE '${first}' and "day" <= DATE '${last}'`,
  }
}

/** All rows of the table as text, sorted; [] when there is no table. */
export async function rowsIn(
  store: Store,
  strategy: WriteStrategy,
  table: AssetName = asset,
): Promise<readonly string[]> {
  const standing = await store.columns(table)
  if (standing === undefined) return []
  const list = [...columns.map(({ name }) => name), ...extras(strategy)].map(quoteName).join(', ')
  const { rows } = await store.query(`select ${list} from ${quoteAsset(table)}`)
  return rows.map(row => row.join(' | ')).sort()
}

/** The model's rows in the same form. */
export function textRows(strategy: WriteStrategy, rows: readonly Kept[]): readonly string[] {
  return rows
    .map(row => {
      const own: (string | number | boolean | null)[] = [row.id, row.name, row.day, row.seq]
      if (strategy === 'snapshot') own.push(instant(row.at))
      if (strategy === 'scd2') own.push(instant(row.from), instant(row.to), row.to === null)
      return own.map(value => (value === null ? null : String(value))).join(' | ')
    })
    .sort()
}

function extras(strategy: WriteStrategy): readonly string[] {
  if (strategy === 'snapshot') return ['_snapshot_at']
  return strategy === 'scd2' ? ['valid_from', 'valid_to', 'is_current'] : []
}

function instant(ms: number | null | undefined): string | null {
  return ms == null ? null : new Date(ms).toISOString().replace('.000Z', 'Z')
}
