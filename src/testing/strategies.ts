import type { Store } from '../connect/index.ts'
import type { WriteStrategy } from '../model/index.ts'
import { quoteAsset } from '../sql/index.ts'
import { type Bench, asset, onTarget, requestOf, rowsIn, step, textRows, workOf, writeLoad } from './bench.ts'
import type { Case } from './case.ts'
import { apply, type Kept, type Load, type Row } from './model.ts'
import { holds, same } from './promise.ts'
import type { TargetSubject } from './target.ts'

const days = { first: '2024-01-01', last: '2024-01-02' }
const row = (id: number | null, name: string | null, more: Partial<Row> = {}): Row => ({
  id,
  name,
  day: '2024-01-01',
  seq: 1,
  ...more,
})
const first = [row(1, 'a'), row(2, ''), row(3, null, { day: '2024-01-02' }), row(null, 'ünïcode ☃')]
const at = (hour: number) => Date.UTC(2024, 0, 10, hour)

/** What a series of loads is called, and the loads. Each is compared with the model after every load. */
const series: readonly { readonly name: string; readonly loads: readonly Load[] }[] = [
  { name: 'a first load', loads: [{ rows: first, atMs: at(0) }] },
  {
    name: 'new rows',
    loads: [
      { rows: first, atMs: at(0) },
      { rows: [...first, row(4, 'd'), row(5, 'e')], atMs: at(1) },
    ],
  },
  {
    name: 'changed rows, also to and from NULL',
    loads: [
      { rows: first, atMs: at(0) },
      { rows: [row(1, 'A'), row(2, null), row(3, 'c', { day: '2024-01-02' }), row(null, 'n')], atMs: at(1) },
      { rows: [row(1, 'a')], atMs: at(2) },
    ],
  },
  {
    name: 'duplicates of a key: the largest cursor wins, then the last read',
    loads: [
      {
        rows: [
          row(1, 'new', { seq: 9 }),
          row(1, 'old'),
          row(2, 'x'),
          row(2, 'y'),
          row(null, 'p'),
          row(null, 'q'),
        ],
        atMs: at(0),
      },
    ],
  },
  {
    name: 'a load without rows',
    loads: [
      { rows: first, atMs: at(0) },
      { rows: [], atMs: at(1) },
    ],
  },
  {
    name: 'rows that vanish and come back, with deletions',
    loads: [
      { rows: first, atMs: at(0), deleteMissing: true },
      { rows: first.slice(1), atMs: at(1), deleteMissing: true },
      { rows: first, atMs: at(2), deleteMissing: true },
      { rows: [row(1, 'late')], atMs: at(1), deleteMissing: true },
    ],
  },
]

/** The promises of one strategy. */
export function strategyCases(subject: TargetSubject, strategy: WriteStrategy): readonly Case[] {
  const title = (words: string) => `${strategy}: ${words}`
  const each = series.map(({ name, loads }) =>
    onTarget(subject, title(name), bench => follow(bench, strategy, loads).then(() => undefined)),
  )
  const more = [
    onTarget(subject, title('a second run under the same effect key does nothing and says so'), bench =>
      twice(bench, strategy),
    ),
    onTarget(subject, title('the same rows again change nothing and say so'), bench =>
      again(bench, strategy),
    ),
    onTarget(subject, title('abandoned work leaves nothing'), bench => abandoned(bench, strategy)),
    onTarget(subject, title('work that was never published is gone after a crash'), bench =>
      crashed(bench, strategy),
    ),
    onTarget(subject, title('readers keep the last good version until the work is published'), bench =>
      isolated(bench, strategy),
    ),
    onTarget(subject, title('eight works at once do not disturb each other'), bench =>
      parallel(bench, strategy),
    ),
  ]
  return [...each, ...more]
}

async function twice({ store }: Bench, strategy: WriteStrategy): Promise<void> {
  const load = { rows: first, atMs: at(0), days, strategy, effect: 'one' }
  same('a new effect key is not there already', (await step(store, load)).already, false)
  const before = await rowsIn(store, strategy)
  same('a second run is already there', (await step(store, { ...load, rows: [row(9, 'z')] })).already, true)
  same('its rows are not written', await rowsIn(store, strategy), before)
}

async function again({ store }: Bench, strategy: WriteStrategy): Promise<void> {
  const load = { rows: first, atMs: at(0), days, strategy }
  const { unchanged } = await step(store, { ...load, effect: 'one' })
  same('a first load changes the asset', unchanged, false)
  const second = await step(store, { ...load, effect: 'two' })
  const grows = strategy === 'append'
  same('unchanged is true when no row differs', second.unchanged, !grows)
  same('no partition has changed', second.partitions, grows ? ['2024-01-01', '2024-01-02'] : [])
  same(
    'the rows are as before',
    await rowsIn(store, strategy),
    textRows(strategy, modelOf(strategy, [load, ...(grows ? [load] : [])])),
  )
}

async function abandoned({ store }: Bench, strategy: WriteStrategy): Promise<void> {
  await step(store, { rows: first, atMs: at(0), days, strategy, effect: 'one' })
  const before = await rowsIn(store, strategy)
  const work = await store.begin(workOf('two'))
  await writeLoad(work, { rows: [row(7, 'g')], atMs: at(1), days, strategy })
  await work.abandon()
  await work.abandon()
  same('abandoned rows are gone', await rowsIn(store, strategy), before)
  same('so is their key', await store.effect('two'), undefined)
}

async function crashed(bench: Bench, strategy: WriteStrategy): Promise<void> {
  await step(bench.store, { rows: first, atMs: at(0), days, strategy, effect: 'one' })
  const before = await rowsIn(bench.store, strategy)
  const work = await bench.store.begin(workOf('two'))
  await writeLoad(work, { rows: [row(7, 'g')], atMs: at(1), days, strategy })
  const { store } = await bench.reopen()
  same('unpublished rows are gone', await rowsIn(store, strategy), before)
  const published = await store.effect('one')
  same('what was published is there, with its key', published?.counts.out, first.length)
  await work.abandon()
}

async function isolated({ store }: Bench, strategy: WriteStrategy): Promise<void> {
  await step(store, { rows: first, atMs: at(0), days, strategy, effect: 'one' })
  const before = await rowsIn(store, strategy)
  const work = await store.begin(workOf('two'))
  try {
    await writeLoad(work, { rows: [row(1, 'B'), row(7, 'g')], atMs: at(1), days, strategy })
    same('readers see the last good version', await rowsIn(store, strategy), before)
    const inside = await work.query(`select count(*) from ${quoteAsset(asset)} where "id" = 7`)
    same('the work sees its own rows', inside.rows, [['1']])
  } finally {
    await work.abandon()
  }
}

async function parallel({ store }: Bench, strategy: WriteStrategy): Promise<void> {
  const assets = Array.from({ length: 8 }, (_, i) => `lab${i % 3}.t${i}`)
  const load = { rows: first, atMs: at(0), days, strategy }
  await Promise.all(assets.map(name => step(store, { ...load, effect: name }, { asset: name })))
  for (const name of assets)
    same(
      'every asset has its rows',
      await rowsIn(store, strategy, name),
      textRows(strategy, modelOf(strategy, [load])),
    )
}

function modelOf(strategy: WriteStrategy, loads: readonly Load[]): readonly Kept[] {
  return loads.reduce<readonly Kept[]>((table, load) => apply(strategy, table, load), [])
}

/**
 * Do the loads one by one, into an empty target, and compare with the model each time: for properties over
 * random loads.
 */
export async function follow(
  { store }: { readonly store: Store },
  strategy: WriteStrategy,
  loads: readonly Load[],
): Promise<void> {
  let table: readonly Kept[] = []
  for (const [i, given] of loads.entries()) {
    const load = strategy === 'replace-partition' ? { days, ...given } : given
    const before = textRows(strategy, table)
    table = apply(strategy, table, load)
    const { counts, unchanged } = await step(store, { ...load, strategy, effect: `load ${i}` })
    const wanted = textRows(strategy, table)
    same(`load ${i + 1} leaves the rows that ${strategy} means`, await rowsIn(store, strategy), wanted)
    holds(
      'in = out + refused + deduplicated',
      counts.in === load.rows.length && counts.in === counts.out + counts.refused + counts.deduplicated,
      JSON.stringify(counts),
    )
    if (unchanged) same('unchanged is said only when no row differs', wanted, before)
  }
}

/** A view keeps no rows: it shows what its query finds. */
export function viewCases(subject: TargetSubject): readonly Case[] {
  const view = async ({ store }: Bench) => {
    await step(store, { rows: first, atMs: at(0), strategy: 'replace', effect: 'rows' })
    const make = async (effect: string, where: string) => {
      const work = await store.begin(workOf(effect, { asset: 'lab.shown' }))
      const sql = `select "id", "name", "day", "seq" from ${quoteAsset(asset)} where ${where}`
      const written = await work.write(requestOf({ strategy: 'view', atMs: at(0) }, 'lab.shown', sql))
      const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
      await work.publish({ asset: 'lab.shown', run: 'run', atMs: at(0), counts, record: null })
      return written.unchanged
    }
    same('a new view is a change', await make('v1', '"id" = 1'), false)
    same(
      'the view shows the rows',
      await rowsIn(store, 'view', 'lab.shown'),
      textRows('view', first.slice(0, 1)),
    )
    same('the same query again is no change', await make('v2', '"id" = 1'), true)
    same('another query is one', await make('v3', '"id" is not null'), false)
    await step(store, { rows: first.slice(1, 2), atMs: at(1), strategy: 'replace', effect: 'less' })
    same(
      'the view follows its table',
      await rowsIn(store, 'view', 'lab.shown'),
      textRows('view', first.slice(1, 2)),
    )
    await step(
      store,
      { rows: first, atMs: at(1), strategy: 'replace', effect: 'as table' },
      { asset: 'lab.shown' },
    )
    same('a view can become a table', await rowsIn(store, 'replace', 'lab.shown'), textRows('replace', first))
    same('and a table a view', await make('v4', '"id" = 2'), false)
  }
  return [onTarget(subject, 'view: follows its query, and can take turns with a table', view)]
}
