import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quarantineOf, type Store, type TargetContext, type Work } from '../../../connect/index.ts'
import type { WriteStrategy } from '../../../model/index.ts'
import {
  type Faults,
  faulty,
  memoryStore,
  type ObjectStore,
  patience,
  retrying,
} from '../../../objects/index.ts'
import { quoteAsset } from '../../../sql/index.ts'
import { dying } from '../../../../test/lake/dying.ts'
import { openLake } from '../store.ts'

let context: TargetContext
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-publish-'))
  const { signal } = new AbortController()
  context = { root, memoryBytesMax: 256 * 1024 ** 2, mode: 'write', tempDir: join(root, 'temp'), signal }
})
afterAll(() => rm(context.root, { recursive: true, force: true }))

/** Objects that stay when a store over them is closed. */
const lasting = (): ObjectStore => ({ ...memoryStore(), close: async () => undefined })
const open = (objects: ObjectStore) => openLake(objects, { options: {}, context })

async function within<T>(objects: ObjectStore, act: (store: Store) => Promise<T>): Promise<T> {
  const store = await open(objects)
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

const asset = 'lab.things'
const counts = { in: 2, out: 1, refused: 1, deduplicated: 0 }
const effect = { asset, run: 'run', atMs: 0, counts, record: { n: 1 } }

function write(work: Work, table: string, how: { readonly strategy: WriteStrategy; readonly sql: string }) {
  const request = { columns: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  return work.write({ ...request, ...how, table, key: how.strategy === 'merge' ? ['id'] : [] })
}

/** The asset, a child that is replaced, refused rows, a view that becomes a table, one that is made. */
async function build(work: Work, n: number): Promise<void> {
  await write(work, asset, { strategy: 'merge', sql: `select 1 as id, ${n} as n union all select 2, 0` })
  await write(work, 'lab.things__items', { strategy: 'replace', sql: `select ${n} as n` })
  await write(work, 'lab.turns', { strategy: 'replace', sql: `select ${n} as n` })
  await write(work, 'lab.shown', { strategy: 'view', sql: `select n + ${n} as n from lab.things` })
  const refusal = `select 'no' as reason, 'type' as rule, 'f' as source, ${n} as position, '' as raw`
  await work.refuse({ sql: refusal, run: 'run' })
}

type Publishing = { readonly key: string; readonly n: number; readonly armed?: () => void }

async function publish(store: Store, { key, n, armed }: Publishing) {
  const work = await store.begin({ asset, effect: key, keyed: true, signal: context.signal })
  try {
    await build(work, n)
    armed?.()
    return await work.publish(effect)
  } finally {
    await work.abandon()
  }
}

const state = (store: Store) =>
  Promise.all(
    [
      `select n from ${asset} where id = 1`,
      'select max(n) from lab.things__items',
      'select max(n) from lab.turns',
      'select max(n) from lab.shown',
      `select count(*) from ${quoteAsset(quarantineOf(asset))}`,
    ].map(async sql => (await store.query(sql)).rows[0]?.[0]),
  )

async function prepared(): Promise<ObjectStore> {
  const objects = lasting()
  await within(objects, async store => {
    await publish(store, { key: 'one', n: 1 })
    const work = await store.begin({
      asset: 'lab.turns',
      effect: 'turn',
      keyed: true,
      signal: context.signal,
    })
    await write(work, 'lab.turns', { strategy: 'view', sql: 'select 1 as n' })
    await work.publish({ ...effect, asset: 'lab.turns' })
  })
  return objects
}

const two = { key: 'two', n: 2 }
const before = ['1', '1', '1', '2', '1']
const after = ['2', '2', '2', '4', '2']

test('killed after any of its requests, a publication is whole or absent', async () => {
  const template = await prepared()
  let survived = false
  let finished = 0
  for (let at = 1; !survived; at++) {
    const objects = await copied(template)
    const mortal = dying(objects, at)
    const store = await open(mortal)
    await publish(store, { key: 'two', n: 2, armed: mortal.arm }).catch((thrown: unknown) => {
      if (!mortal.isDead()) throw thrown
    })
    survived = !mortal.isDead()
    await store.close().catch(() => undefined)
    await within(objects, async heir => {
      const found = await state(heir)
      const known = await heir.effect('two')
      expect([at, found]).toEqual([at, known ? after : before])
      if (known && !survived) finished++
      if (known) expect(known).toEqual({ key: 'two', ...effect })
      expect(await publish(heir, two)).toEqual({ already: known !== undefined })
      const left: string[] = []
      for await (const { key } of objects.list('_sluice/publishing/')) left.push(key)
      expect([at, left]).toEqual([at, []])
      expect(await state(heir)).toEqual(after)
      expect(await heir.effect('one')).toEqual({ key: 'one', ...effect })
    })
  }
  expect(finished).toBeGreaterThan(5)
}, 120_000)

test('a second table that somebody else changed meanwhile keeps the first from being published', async () => {
  const objects = await prepared()
  await within(objects, async store => {
    const work = await store.begin({ asset, effect: 'late', keyed: true, signal: context.signal })
    await build(work, 3)
    const other = await store.begin({ asset: 'lab.other', effect: 'x', keyed: true, signal: context.signal })
    await write(other, 'lab.things__items', { strategy: 'replace', sql: 'select 7 as n' })
    await other.publish({ ...effect, asset: 'lab.other' })
    await expect(work.publish(effect)).rejects.toMatchObject({ code: 'SLUICE_TARGET_CONFLICT' })
    expect(await state(store)).toEqual(['1', '7', '1', '2', '1'])
    expect(await store.effect('late')).toBe(undefined)
  })
})

async function copied(from: ObjectStore): Promise<ObjectStore> {
  const to = lasting()
  for await (const { key } of from.list('')) await to.put(key, (await from.get(key)).bytes)
  return to
}

const faults: Faults = { seed: 7, conflict: 0.02, failed: 0.02, timeoutBefore: 0.02, timeoutAfter: 0.02 }

const patient = () => ({ ...patience(), sleep: async () => undefined })
const shaken: readonly [string, (objects: ObjectStore) => ObjectStore][] = [
  ['lost', objects => retrying(faulty(objects, faults), patient())],
  ['lost for good', objects => faulty(objects, faults)],
]

test.each(shaken)(
  'over a store whose answers get %s, every step counts once',
  async (_, shake) => {
    const objects = lasting()
    const shaky = shake(objects)
    await within(shaky, async store => {
      for (let n = 1; n <= 30; n++) {
        const key = `step ${n}`
        const append = async () => {
          const work = await store.begin({ asset, effect: key, keyed: true, signal: context.signal })
          try {
            await write(work, asset, { strategy: 'append', sql: `select ${n} as n` })
            await work.publish(effect)
          } finally {
            await work.abandon()
          }
        }
        // As `run` does: after a failure it asks whether it was published all the same.
        const published = () =>
          store.effect(key).then(
            known => known !== undefined,
            () => false,
          )
        for (let tries = 0; tries < 30 && !(await published()); tries++) await append().catch(() => undefined)
      }
    })
    await within(objects, async store => {
      expect((await store.query('select count(*), count(distinct n), max(n) from lab.things')).rows).toEqual([
        ['30', '30', '30'],
      ])
    })
  },
  60_000,
)

test('an intent that another process finishes meanwhile is no conflict', async () => {
  const objects = await prepared()
  const [mine, other] = [await open(objects), await open(objects)]
  const both = await Promise.all([publish(mine, two), publish(other, two)]).catch(
    (thrown: { readonly code?: string }) => thrown.code,
  )
  if (both !== 'SLUICE_TARGET_CONFLICT') expect(both).toContainEqual({ already: true })
  expect(await state(mine)).toEqual(after)
  await mine.close()
  await other.close()
})
