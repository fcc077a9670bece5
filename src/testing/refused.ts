import { type Batch, quarantineOf } from '../connect/index.ts'
import { quoteAsset } from '../sql/index.ts'
import { type Bench, asset, batchesOf, columns, requestOf, workOf } from './bench.ts'
import { same } from './promise.ts'

/** Rows that do not fit are kept aside with a reason, until somebody closes them. */
export async function refusesRows({ store }: Pick<Bench, 'store'>): Promise<void> {
  const rows = [
    { id: 1, name: 'a', day: '2024-01-01', seq: 1 },
    { id: '4x', name: 'b', day: '2024-01-01', seq: 1 },
    { id: 7.5, name: 'c', day: '2024-01-01', seq: 1 },
    { id: 2, name: 'd', day: '2024-02-30', seq: 1 },
  ]
  const work = await store.begin(workOf('one'))
  try {
    const loaded = await work.load(batchesOf({ kind: 'rows', rows } satisfies Batch), {
      columns,
      detect: 'types',
      nested: 'keep',
    })
    same('rows in', loaded.rowsIn, 4)
    const refusal = `select reason, rule, source, position, raw from ${loaded.unreadable.relation}`
    same('refused rows are counted', await work.refuse({ sql: refusal, run: 'run' }), 3)
    const written = await work.write(
      requestOf(
        { strategy: 'append', atMs: 0 },
        asset,
        `select "id", "name", "day", "seq" from ${loaded.relation}`,
      ),
    )
    const counts = { in: 4, out: written.out, refused: 3, deduplicated: 0 }
    await work.publish({ asset, run: 'run', atMs: 0, counts, record: null })
  } finally {
    await work.abandon()
  }
  const kept = await store.query(
    `select rule, position, status, run from ${quoteAsset(quarantineOf(asset))}
     order by cast(position as integer)`,
  )
  same(
    'the quarantine says why and where',
    kept.rows,
    ['2', '3', '4'].map(position => ['type', position, 'open', 'run']),
  )
  const ids = await store.query(
    `select count(distinct id), count(raw), count(refused_at) from ${quoteAsset(quarantineOf(asset))}`,
  )
  same('every row has an id of its own, its raw text and a time', ids.rows, [['3', '3', '3']])
  await settles({ store })
}

/** Refused rows are closed, and rows of the asset's own taken away, only when the work is published. */
async function settles({ store }: Pick<Bench, 'store'>): Promise<void> {
  const ids = await store.query(`select id from ${quoteAsset(quarantineOf(asset))} order by id`)
  const first = ids.rows.slice(0, 1).map(([id]) => id ?? '')
  const act = async (effect: string, publish: boolean) => {
    const work = await store.begin(workOf(effect))
    try {
      const settled = await work.settle('discarded', first)
      same('open rows with the ids are settled', settled, 1)
      same('no ids, no rows', await work.settle('replayed', []), 0)
      same('the others are', await work.settle('replayed'), 2)
      same('rows are taken away', await work.remove(asset, '"id" = 1'), 1)
      same('once', await work.remove(asset, '"id" = 1'), 0)
      const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
      if (publish) await work.publish({ asset, run: 'run', atMs: 0, counts, record: null })
    } finally {
      await work.abandon()
    }
    const status = `select status from ${quoteAsset(quarantineOf(asset))} order by 1`
    const left = await store.query(`select count(*) from ${quoteAsset(asset)}`)
    return [(await store.query(status)).rows.map(([text]) => text), left.rows[0]?.[0]]
  }
  const [before] = (await store.query(`select count(*) from ${quoteAsset(asset)}`)).rows
  const rows = Number(before?.[0])
  same('abandoned: as before', await act('two', false), [['open', 'open', 'open'], String(rows)])
  same('published', await act('three', true), [['discarded', 'replayed', 'replayed'], String(rows - 1)])
}
