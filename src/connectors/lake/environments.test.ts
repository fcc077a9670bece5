import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dying } from '../../../test/lake/dying.ts'
import { quarantineOf, type Store, type TargetContext, type Together } from '../../connect/index.ts'
import type { WriteStrategy } from '../../model/index.ts'
import { localStore, memoryStore, type ObjectStore } from '../../objects/index.ts'
import { quoteAsset } from '../../sql/index.ts'
import { openLake } from './store.ts'

let context: TargetContext
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-beside-'))
  const { signal } = new AbortController()
  context = { root, memoryBytesMax: 256 * 1024 ** 2, mode: 'write', tempDir: join(root, 'temp'), signal }
})
afterAll(() => rm(context.root, { recursive: true, force: true }))

/** Objects that stay when a store over them is closed. */
const lasting = (): ObjectStore => ({ ...memoryStore(), close: async () => undefined })

async function within<T>(
  objects: ObjectStore,
  environment: string | undefined,
  act: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openLake(objects, { options: {}, context: { ...context, environment } })
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

type Deed = {
  readonly run: string
  readonly asset: string
  readonly strategy: WriteStrategy
  readonly sql: string
}

async function write(store: Store, { run, asset, strategy, sql }: Deed): Promise<void> {
  const effect = `${run}/${asset}`
  const work = await store.begin({ asset, effect, keyed: true, signal: context.signal })
  const request = { columns: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  await work.write({ ...request, table: asset, strategy, sql, key: strategy === 'merge' ? ['id'] : [] })
  if (asset === 'lab.rows') {
    const refusal = `select 'no' as reason, 'type' as rule, 'f' as source, '1' as position, '${run}' as raw`
    await work.refuse({ sql: refusal, run })
  }
  const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  await work.publish({ asset, run, atMs: 0, counts, record: null })
}

/** Of so many rows a merge leaves deletion vectors behind. */
const many = 300_000
const deeds = (run: string, n: number, rows = many): readonly Deed[] => [
  {
    run,
    asset: 'lab.rows',
    strategy: 'merge',
    sql:
      n === 1
        ? `select range as id, 1 as n from range(${rows})`
        : `select range * 7 as id, ${n} as n from range(1000)`,
  },
  { run, asset: 'lab.made', strategy: 'replace', sql: `select ${n} as n` },
  { run, asset: 'lab.shown', strategy: 'view', sql: `select n + ${n} as n from lab.made` },
  { run, asset: 'lab.turns', strategy: n === 2 ? 'view' : 'replace', sql: `select ${n} as n` },
  ...(n > 1 ? [{ run, asset: 'lab.fresh', strategy: 'replace', sql: `select ${n} as n` } as const] : []),
]

async function act(store: Store, all: readonly Deed[]): Promise<void> {
  for (const deed of all) await write(store, deed)
}

const tables = ['lab.rows', 'lab.made', 'lab.shown', 'lab.turns', 'lab.fresh']
async function state(store: Store): Promise<string> {
  const there = new Set(await store.assets())
  const found: unknown[] = []
  for (const table of [...tables.filter(name => there.has(name)), quarantineOf('lab.rows')]) {
    const column = table.startsWith('_') ? 'raw' : 'n'
    found.push([
      table,
      (await store.query(`select ${column}, count(*) from ${quoteAsset(table)} group by all order by all`))
        .rows,
    ])
  }
  return JSON.stringify(found)
}

const request = (run: string, assets: readonly string[]): Together => ({
  assets,
  effect: `${run}/all`,
  run,
  atMs: 0,
  record: { run },
})
const own = (store: Store) => store.environments?.own('dev') ?? Promise.resolve([])
async function promote(store: Store): Promise<void> {
  const assets = (await own(store)).map(({ asset }) => asset)
  await store.environments?.promote('dev', request('up', assets))
}
const rollback = (store: Store, run: string) =>
  store.versions?.rollback?.(run, { ...request('back', tables), undone: [] })

async function prepared(
  objects: ObjectStore,
  rows = many,
): Promise<{ readonly before: string; readonly after: string }> {
  await within(objects, undefined, store => act(store, deeds('one', 1, rows)))
  await within(objects, 'dev', store => act(store, deeds('two', 2, rows)))
  return {
    before: await within(objects, undefined, state),
    after: await within(objects, 'dev', state),
  }
}

async function copyOf(objects: ObjectStore): Promise<ObjectStore> {
  const copy = lasting()
  for await (const { key } of objects.list('')) await copy.put(key, (await objects.get(key)).bytes)
  return copy
}

async function keys(objects: ObjectStore, prefix = ''): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { key } of objects.list(prefix)) found.push(key)
  return found
}

const stores = {
  'on a disk': () => ({ ...localStore(join(context.root, 'lake')), close: async () => undefined }),
  'where objects are no files': lasting,
}

test.each(Object.entries(stores))('%s: own tables beside, promoted and taken back', async (_, make) => {
  const objects = make()
  await within(objects, undefined, store => act(store, deeds('one', 1)))
  const [before, files] = [await within(objects, undefined, state), await keys(objects, 'lab/')]
  await within(objects, 'dev', async store => {
    expect(await state(store)).toBe(before)
    expect(await own(store)).toEqual([])
    await act(store, deeds('two', 2))
    expect((await own(store)).map(({ asset, behind }) => [asset, behind])).toEqual([
      ['_quarantine.lab__rows', false],
      ['lab.fresh', false],
      ['lab.made', false],
      ['lab.rows', false],
      ['lab.shown', false],
      ['lab.turns', false],
    ])
  })
  expect(await keys(objects, 'lab/')).toEqual(files)
  expect(await within(objects, undefined, state)).toBe(before)
  const after = await within(objects, 'dev', state)
  expect(after).not.toBe(before)
  const copied = (await keys(objects, 'dev__lab/rows/')).filter(key => key.endsWith('.parquet'))
  expect(copied).toHaveLength(1)

  await within(objects, undefined, promote)
  expect([await within(objects, undefined, state), await within(objects, 'dev', state)]).toEqual([
    after,
    after,
  ])
  expect(await within(objects, 'dev', own)).toEqual([])
  // The base's own files are all it needs.
  await objects.delete(await keys(objects, 'dev__lab/'))
  expect(await within(objects, undefined, state)).toBe(after)
  expect(
    await within(objects, undefined, async store => (await store.versions?.fsck('lab.rows')) ?? []),
  ).toEqual([])

  await within(objects, undefined, store => rollback(store, 'up') ?? Promise.resolve())
  expect(await within(objects, undefined, state)).toBe(before)
})

test('behind is who began from rows that the base has not any more; care is no change', async () => {
  const objects = lasting()
  await prepared(objects)
  const behind = () =>
    within(objects, 'dev', async store => (await own(store)).flatMap(it => (it.behind ? [it.asset] : [])))
  await within(objects, undefined, async store => store.versions?.optimize('lab.rows', {}))
  expect(await behind()).toEqual([])
  await within(objects, undefined, store => write(store, { ...(deeds('three', 3)[1] as Deed) }))
  expect(await behind()).toEqual(['lab.made'])
  await within(objects, 'dev', async store => {
    await store.environments?.drop('dev', ['lab.made'])
    expect((await store.query('select n from lab.made')).rows).toEqual([['3']])
    await write(store, { ...(deeds('four', 4)[1] as Deed) })
    expect((await store.query('select n from lab.made')).rows).toEqual([['4']])
  })
  expect(await behind()).toEqual([])
})

/** Each time other requests are tried, all of them in a few. */
const stride = 4
const first = 1 + (Date.now() % stride)

const killed: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ['a promotion', promote],
  ['a rollback', async store => rollback(store, 'up')],
]
test.each(killed)(
  '%s that is killed at one of its requests is whole or absent',
  async (what, deed) => {
    const objects = lasting()
    let { before, after } = await prepared(objects, 10)
    const key = what === 'a promotion' ? 'up/all' : 'back/all'
    if (key === 'back/all') {
      await within(objects, undefined, promote)
      ;[before, after] = [after, before]
    }
    let [kills, whole, isDead] = [0, 0, true]
    for (let last = first; isDead; last += stride) {
      const copy = await copyOf(objects)
      const mortal = dying(copy, last)
      const store = await openLake(mortal, { options: {}, context })
      mortal.arm()
      await deed(store).catch(() => undefined)
      isDead = mortal.isDead()
      await store.close().catch(() => undefined)
      const [found, known] = await within(copy, undefined, async next => [
        await state(next),
        await next.effect(key),
      ])
      expect([before, after], `killed at request ${last}`).toContain(found)
      expect(known?.record, `killed at request ${last}`).toEqual(
        found === after ? { run: key.split('/')[0] } : undefined,
      )
      kills += Number(isDead)
      whole += Number(found === after)
    }
    console.info(`${what}: ${kills} kills from request ${first} on, ${whole} times all of it stood`)
    expect([kills > 15, whole > 4, whole < kills]).toEqual([true, true, true])
  },
  300_000,
)
