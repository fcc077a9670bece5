import { join } from 'node:path'
import type { Bench, Figure } from './bench.ts'
import {
  beside,
  best,
  deltalake,
  inFolder,
  lineitem,
  onCopy,
  parquet,
  prepare,
  sluice,
  type Spent,
  type Work,
  type Worker,
} from './lake.data.ts'

const rows = 10_000_000
const files = 8
/** Of about half of their rows the table has the key. */
const merges = [
  { share: '0.1 %', rows: 10_000 },
  { share: '1 %', rows: 100_000, vectorsMax: 0.6, copiesMax: 8 },
  { share: '10 %', rows: 1_000_000, vectorsMax: 1.8 },
] as const
const [appendMax, compactMax, zOrderMax, scanMax] = [7, 7, 16, 0.4]
/** Level: runs of the same work differ by as much on a busy machine. */
const levelMax = 1.25

const rounds = 3
/** Of work that takes tens of seconds. */
const roundsOfLong = 2

export const bench: Bench = {
  name: 'lake',
  gate: 'Delta tables of 10 M rows × 16 columns, in CPU-seconds beside PyPI deltalake; ahead of it in merge',
  run: () => inFolder(measure),
}

/** Two tables of the same rows: what is changed goes into deletion vectors, or into copies of files. */
type Tables = { readonly folder: string; readonly vectors: string; readonly copies: string }

async function measure(folder: string): Promise<readonly Figure[]> {
  const tables = { folder, vectors: join(folder, 'vectors'), copies: join(folder, 'copies') }
  await makeRows(folder)
  for (const [table, what] of [
    [tables.vectors, 'create'],
    [tables.copies, 'create without vectors'],
  ] as const) {
    await sluice({ what, table })
    for (let part = 0; part < files; part++)
      await sluice({ what: 'append', table, rows: join(folder, 'rows', `part-${part}.parquet`) })
  }
  const figures: Figure[] = []
  for (const act of [appended, merged, laidOut, scanned, thinned]) figures.push(...(await act(tables)))
  return figures
}

/** Rows of the table by number, those of the merges at random among twice as many. */
async function makeRows(folder: string): Promise<void> {
  const part = rows / files
  const parts = Array.from({ length: files }, (_, n) =>
    parquet(
      `select ${lineitem('i')} from range(${n * part}, ${(n + 1) * part}) t(i)`,
      join(folder, 'rows', `part-${n}`),
    ),
  )
  const sources = merges.map(({ rows: count }) => {
    const keys = `select distinct hash(n * 71) % ${2 * rows} as i from range(${count}) t(n)`
    return parquet(`select ${lineitem('i')} from (${keys})`, join(folder, 'rows', `merge-${count}`))
  })
  await prepare([...parts, ...sources])
}

async function appended({ folder }: Tables): Promise<readonly Figure[]> {
  const table = join(folder, 'appended')
  await sluice({ what: 'create without vectors', table })
  const work = { what: 'append', table, rows: join(folder, 'rows', 'part-*.parquet') }
  const [ours, theirs] = await both(work, work)
  return beside('append', { ours, theirs, cpuSecondsMax: appendMax, ratioMax: levelMax })
}

async function merged({ folder, vectors, copies }: Tables): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const merge of merges) {
    const from = { what: 'merge', rows: join(folder, 'rows', `merge-${merge.rows}.parquet`) }
    const byVectors = await best(rounds, copied(sluice, { ...from, table: vectors }))
    const [byCopies, theirs] = await both({ ...from, table: copies }, { ...from, table: copies })
    same(byVectors, theirs)
    same(byCopies, theirs)
    const { vectorsMax, copiesMax } = { vectorsMax: undefined, copiesMax: undefined, ...merge }
    const [ahead, words] = [{ theirs, ratioMax: 1 }, `merge ${merge.share}`]
    figures.push(
      ...beside(`${words}, deletion vectors`, { ours: byVectors, cpuSecondsMax: vectorsMax, ...ahead }),
      ...beside(`${words}, copy-on-write`, { ours: byCopies, cpuSecondsMax: copiesMax, ...ahead }),
    )
  }
  return figures
}

async function laidOut({ vectors, copies }: Tables): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const [what, cpuSecondsMax] of [
    ['compact', compactMax],
    ['z-order', zOrderMax],
  ] as const) {
    const [ours, theirs] = await both({ what, table: vectors }, { what, table: copies })
    figures.push(...beside(what, { ours, theirs, cpuSecondsMax }))
  }
  return figures
}

const two = 'select sum(l_quantity) as a, sum(l_extendedprice) as b from delta'

async function scanned({ copies }: Tables): Promise<readonly Figure[]> {
  // Functions that both engines have; no answer stands in statistics.
  const numbers = ['l_orderkey', 'l_partkey', 'l_suppkey', 'l_linenumber', 'l_quantity', 'l_extendedprice']
  const texts = ['l_returnflag', 'l_linestatus', 'l_shipinstruct', 'l_shipmode', 'l_comment']
  const sums = [
    ...[...numbers, 'l_discount', 'l_tax'].map(name => `sum(${name})`),
    ...texts.map(name => `sum(length(${name}))`),
    'sum(case when l_shipdate < l_commitdate and l_commitdate < l_receiptdate then 1 else 0 end)',
  ]
  const all = `select ${sums.map((sum, n) => `${sum} as c${n}`).join(', ')} from delta`
  const figures: Figure[] = []
  for (const [words, what] of [
    ['scan of two columns', two],
    ['scan of all columns', all],
  ] as const) {
    const ours = await best(rounds, () => sluice({ what, table: copies }))
    const theirs = await best(rounds, () => deltalake()({ what, table: copies }))
    same(ours, theirs)
    figures.push(...beside(words, { ours, theirs, ratioMax: levelMax }))
  }
  return figures
}

/** With a deletion vector for each file. */
async function thinned({ vectors }: Tables): Promise<readonly Figure[]> {
  const table = `${vectors}-deleted`
  return onCopy(vectors, table, async () => {
    await sluice({ what: 'delete', table, rows: 'hash(l_orderkey) % 100 = 0' })
    const ours = await best(rounds, () => sluice({ what: two, table }))
    const theirs = await best(rounds, () => deltalake()({ what: two, table }))
    same(ours, theirs)
    const [compacted, compactedByThem] = await both({ what: 'compact', table }, { what: 'compact', table })
    return [
      ...beside('scan of two columns, 1 % deleted', { ours, theirs, cpuSecondsMax: scanMax }),
      ...beside('compact, 1 % deleted', {
        ours: compacted,
        theirs: compactedByThem,
        cpuSecondsMax: compactMax,
      }),
    ]
  })
}

/** Sluice and deltalake, turn about. */
async function both(ours: Work, theirs: Work): Promise<readonly [Spent, Spent]> {
  const [first, second] = [copied(sluice, ours), copied(deltalake(), theirs)]
  return [await best(roundsOfLong, first), await best(roundsOfLong, second)]
}

/** On a copy: the next one finds the table as it was. */
function copied(worker: Worker, work: Work): () => Promise<Spent> {
  const table = `${work.table}-copy`
  return () => onCopy(work.table, table, () => worker({ ...work, table }))
}

/** Both did the same, or the figures compare nothing. */
function same(ours: Spent, theirs: Spent): void {
  if (ours.answer !== theirs.answer) throw new TypeError(`${ours.answer} is not ${theirs.answer}`)
}
