import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dying } from '../../../test/lake/dying.ts'
import type { Cared, Store, TargetContext } from '../../connect/index.ts'
import type { WriteStrategy } from '../../model/index.ts'
import { memoryStore, type ObjectMeta, type ObjectStore } from '../../objects/index.ts'
import type { LakeOptions } from './index.ts'
import { pruneEffects } from './publish/effects.ts'
import { openLake } from './store.ts'

const dayMs = 86_400_000
let context: TargetContext
let clock: { aheadMs: number }
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-care-'))
  const { signal } = new AbortController()
  context = { root, memoryBytesMax: 256 * 1024 ** 2, mode: 'write', tempDir: join(root, 'temp'), signal }
})
afterAll(() => rm(context.root, { recursive: true, force: true }))
beforeEach(() => {
  clock = { aheadMs: 0 }
})

/** Objects that stay when a store over them is closed; their times are the test's. */
function lasting(): ObjectStore {
  const objects = memoryStore()
  const aheadMs = new Map<string, number>()
  const timed = (meta: ObjectMeta): ObjectMeta => ({
    ...meta,
    modifiedMs: meta.modifiedMs + (aheadMs.get(meta.key) ?? 0),
  })
  return {
    ...objects,
    put: async (key, body) => {
      aheadMs.set(key, clock.aheadMs)
      return timed(await objects.put(key, body))
    },
    head: async key => {
      const meta = await objects.head(key)
      return meta && timed(meta)
    },
    list: async function* (prefix, options) {
      for await (const meta of objects.list(prefix, options)) yield timed(meta)
    },
    close: async () => undefined,
  }
}
const nowMs = () => Date.now() + clock.aheadMs

type Within = { readonly care?: LakeOptions['care']; readonly environment?: string }

async function within<T>(
  objects: ObjectStore,
  { care, environment }: Within,
  act: (store: Store) => Promise<T>,
): Promise<T> {
  const options = care === undefined ? {} : { care }
  const store = await openLake(objects, { options, context: { ...context, environment }, nowMs })
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

let writes = 0
type Deed = {
  readonly asset?: string
  readonly strategy?: WriteStrategy
  readonly sql: string
  readonly run?: string
}

async function write(store: Store, deed: Deed): Promise<void> {
  const { asset = 'lab.log', strategy = 'append', sql, run = 'run' } = deed
  const work = await store.begin({ asset, effect: `key ${writes++}`, keyed: true, signal: context.signal })
  const request = { columns: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  await work.write({ ...request, table: asset, strategy, sql, key: strategy === 'merge' ? ['n'] : [] })
  const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  await work.publish({ asset, run, atMs: 0, counts, record: null })
}

const care = async (store: Store, assets = ['lab.log']): Promise<readonly Cared[]> =>
  (await store.versions?.care?.({ assets, signal: context.signal })) ?? []
const operations = async (store: Store, asset = 'lab.log') =>
  (await store.versions?.history(asset))?.map(({ operation }) => operation)
const rows = async (store: Store, sql: string) => (await store.query(sql)).rows
const sum = (store: Store) => rows(store, 'select count(*), sum(n) from lab.log')

async function filesOf(objects: ObjectStore, folder = 'lab/log/'): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const { key } of objects.list(folder)) if (key.endsWith('.parquet')) keys.push(key)
  return keys.filter(key => !key.includes('/_'))
}

test('many small files become one, by nobody’s run; what nobody has open is not looked at', async () => {
  const objects = lasting()
  await within(objects, { care: { smallFiles: 5 } }, async store => {
    for (let n = 0; n < 4; n++) await write(store, { sql: `select ${n} as n` })
    expect(await care(store)).toEqual([])
    await write(store, { sql: 'select 4 as n' })
    expect(await care(store, ['lab.other'])).toEqual([])
    expect(await care(store)).toEqual([{ asset: 'lab.log', words: '5 small files became 1' }])
    expect(await care(store)).toEqual([])
    expect(await sum(store)).toEqual([['5', '10']])
    const [newest] = (await store.versions?.history('lab.log', { limit: 1 })) ?? []
    expect(newest).toMatchObject({ operation: 'OPTIMIZE', run: undefined, parameters: { auto: true } })
  })
  await within(objects, { care: { smallFiles: 2 } }, async store => expect(await care(store)).toEqual([]))
})

test('a target that wants no care gets none', async () => {
  await within(lasting(), { care: false }, async store => {
    for (let n = 0; n < 60; n++) await write(store, { sql: `select ${n} as n` })
    expect(await care(store)).toEqual([])
    expect(await operations(store)).not.toContain('OPTIMIZE')
  })
})

test.each([
  ['care', true],
  ['care.smallFiles', { smallFiles: 1 }],
  ['care.retention', { retention: '6 days' }],
  ['care.retention', { retention: 'long' }],
  ['care.often', { often: 1 }],
])('%s that cannot be is refused when the lake is opened', async (option, wrong) => {
  const opening = within(lasting(), { care: wrong as unknown as false }, async () => undefined)
  await expect(opening).rejects.toMatchObject({
    code: 'SLUICE_TARGET_OPTION',
    title: expect.stringContaining(`\`${option}\` of the target`),
  })
})

test('files that no version of the retention needs go; younger versions can be read', async () => {
  const objects = lasting()
  await within(objects, { care: { retention: '10 days' } }, async store => {
    await write(store, { strategy: 'replace', sql: 'select 1 as n' })
    await write(store, { strategy: 'replace', sql: 'select 2 as n' })
    clock.aheadMs = 9 * dayMs
    await write(store, { strategy: 'replace', sql: 'select 3 as n' })
    expect(await care(store)).toEqual([])
    clock.aheadMs = 11 * dayMs
    const words = '1 file that no version needs was deleted'
    expect(await care(store)).toEqual([{ asset: 'lab.log', words }])
    expect(await care(store)).toEqual([])
    expect(await filesOf(objects)).toHaveLength(2)
    expect(await rows(store, 'select n from lab.log as of version 1')).toEqual([['2']])
    expect((await operations(store))?.slice(0, 2)).toEqual(['VACUUM END', 'VACUUM START'])
  })
})

test('what an environment and a clone stand on is not deleted with the base’s files', async () => {
  const objects = lasting()
  const dev = { environment: 'dev' }
  await within(objects, {}, async store => {
    await write(store, { sql: 'select 1 as n' })
    await store.versions?.clone('lab.log', 'kept.log')
    await store.versions?.clone('kept.log', 'kept.again')
  })
  await within(objects, dev, async store => {
    await write(store, { sql: 'select 10 as n', run: 'in dev' })
    expect(await rows(store, 'select n from lab.log order by n')).toEqual([['1'], ['10']])
  })
  clock.aheadMs = dayMs
  await within(objects, {}, async store => {
    await write(store, { strategy: 'replace', sql: 'select 2 as n' })
    await write(store, { strategy: 'replace', sql: 'select 3 as n' })
  })
  const before = await filesOf(objects)
  expect(before).toHaveLength(3)
  clock.aheadMs = 9 * dayMs
  await within(objects, {}, async store => {
    await write(store, { sql: 'select 4 as n' })
    await care(store)
    const kept = await filesOf(objects)
    // Only that of `select 2` is nobody's.
    expect(before.filter(key => !kept.includes(key))).toHaveLength(1)
    await store.versions?.vacuum('lab.log', { dryRun: false })
    expect(await filesOf(objects)).toEqual(kept)
    for (const clone of ['kept.log', 'kept.again'])
      expect(await rows(store, `select n from ${clone}`)).toEqual([['1']])
  })
  await within(objects, dev, async store => {
    expect(await rows(store, 'select n from lab.log order by n')).toEqual([['1'], ['10']])
    await store.environments?.drop('dev', ['lab.log'])
  })
  // A name that was given up is remembered as long as files are kept: it can be gone back to.
  const vacuum = () =>
    within(objects, {}, async store => store.versions?.vacuum('lab.log', { dryRun: false }))
  await objects.delete(await keysBelow(objects, 'kept/'))
  expect(await vacuum()).toMatchObject({ files: 0 })
  clock.aheadMs = 20 * dayMs
  expect(await vacuum()).toMatchObject({ files: 1 })
  expect(await keysBelow(objects, '_sluice/clones/lab.log/')).toEqual([])
  await within(objects, {}, async store => expect(await sum(store)).toEqual([['2', '7']]))
})

async function keysBelow(objects: ObjectStore, folder: string): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const { key } of objects.list(folder)) keys.push(key)
  return keys
}

test('a run is taken back over what care did meanwhile', async () => {
  await within(lasting(), { care: { smallFiles: 2 } }, async store => {
    await write(store, { sql: 'select 1 as n', run: 'first' })
    await write(store, { sql: 'select 2 as n', run: 'second' })
    expect(await care(store)).toHaveLength(1)
    const atMs = nowMs()
    await store.versions?.rollback?.('second', {
      assets: ['lab.log'],
      effect: 'back',
      run: 'back',
      atMs,
      record: null,
      undone: [],
    })
    expect(await sum(store)).toEqual([['1', '1']])
    expect(await operations(store)).toEqual(['RESTORE', 'OPTIMIZE', 'WRITE', 'CREATE TABLE AS SELECT'])
    expect(await rows(store, 'select sum(n) from lab.log as of version 2')).toEqual([['3']])
  })
})

test('what cannot be done is told and fails nothing; the table is whole', async () => {
  const objects = lasting()
  await within(objects, {}, async store => {
    for (let n = 0; n < 3; n++) await write(store, { sql: `select ${n} as n` })
  })
  const [one = ''] = await filesOf(objects)
  const { bytes } = await objects.get(one)
  await objects.delete([one])
  await within(objects, { care: { smallFiles: 2 } }, async store => {
    await write(store, { sql: 'select 3 as n' })
    const [cared] = await care(store)
    expect(cared).toMatchObject({ asset: 'lab.log', words: expect.stringContaining('not kept in order: ') })
    expect(cared?.failure?.code).toMatch(/^SLUICE_/)
    expect(await operations(store)).not.toContain('OPTIMIZE')
    await objects.put(one, bytes)
    expect(await sum(store)).toEqual([['4', '6']])
  })
})

test('killed after any request of its care, a table is whole, and the next one does what is left', async () => {
  for (let requests = 0; ; requests++) {
    clock.aheadMs = 0
    const objects = lasting()
    await within(objects, {}, async store => {
      for (let n = 0; n < 4; n++) await write(store, { sql: `select ${n} as n` })
      await write(store, { asset: 'lab.other', strategy: 'replace', sql: 'select 1 as n' })
    })
    const mortal = dying(objects, requests)
    clock.aheadMs = 8 * dayMs
    let done = false
    await within(mortal, { care: { smallFiles: 4 } }, async store => {
      await store.query('select * from lab.log')
      mortal.arm()
      const cared = await care(store).catch(() => [])
      done = cared.length > 0 && cared.every(({ failure }) => failure === undefined)
    }).catch(() => undefined)
    await within(objects, { care: { smallFiles: 4 } }, async store => {
      expect(await sum(store)).toEqual([['4', '6']])
      expect((await store.versions?.fsck('lab.log')) ?? []).toEqual([])
      await care(store)
      expect(await sum(store)).toEqual([['4', '6']])
      const [newest] = (await operations(store)) ?? []
      expect(['OPTIMIZE', 'VACUUM END']).toContain(newest)
    })
    if (done && !mortal.isDead()) break
  }
})

test('effects are kept for ninety days: longer than the logs know their keys', async () => {
  const objects = lasting()
  const effects = () => keysBelow(objects, '_sluice/effects/')
  const prune = async (aheadMs: number) => {
    for (let byte = 0; byte < 256; byte++)
      await pruneEffects({ objects, nowMs: () => Date.now() + aheadMs }, byte.toString(16).padStart(2, '0'))
  }
  await within(objects, {}, async store => {
    for (let n = 0; n < 10; n++) await write(store, { sql: `select ${n} as n` })
  })
  expect(await effects()).toHaveLength(10)
  await prune(89 * dayMs)
  expect(await effects()).toHaveLength(10)
  clock.aheadMs = 91 * dayMs
  // A run prunes a share of them, chosen by chance.
  for (let run = 0; run < 200 && (await effects()).length === 10; run++)
    await within(objects, { care: false }, care)
  expect((await effects()).length).toBeLessThan(10)
  await prune(91 * dayMs)
  expect(await effects()).toEqual([])
})
