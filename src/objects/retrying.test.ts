import { describe, expect, test } from 'vitest'
import { type Failure, failure } from '../errors/index.ts'
import { codeOf, keysOf } from './conform.ts'
import { type ObjectStore, faulty, memoryStore, patience, retrying } from './index.ts'
import { persist } from './retry.ts'

const body = Buffer.from('mine')
const other = Buffer.from('theirs')

function waiting(attemptsMax = 6, random = () => 1) {
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  return { waits, patience: { ...patience(), attemptsMax, random, sleep } }
}

const lost = () => failure('SLUICE_OBJECT_OUTCOME_UNKNOWN', { store: 'x', key: 'k', words: '' })
const busy = (afterMs?: number): Failure =>
  failure(
    'SLUICE_OBJECT_STORE_FAILED',
    { store: 'x', status: 503, code: '' },
    afterMs === undefined ? {} : { afterMs },
  )

/** A store whose putIfAbsent and putIfMatch do these things in turn, and then work. */
function scripted(steps: readonly ((store: ObjectStore) => Promise<Failure>)[]): ObjectStore {
  const store = memoryStore()
  const left = [...steps]
  const next = async () => {
    const step = left.shift()
    if (step) throw await step(store)
  }
  return {
    ...store,
    putIfAbsent: async (key, bytes) => {
      await next()
      return store.putIfAbsent(key, bytes)
    },
    putIfMatch: async (key, bytes, etag) => {
      await next()
      return store.putIfMatch(key, bytes, etag)
    },
  }
}

const keep = (bytes: Buffer) => async (store: ObjectStore) => {
  await store.put('k', bytes)
  return lost()
}
const drop = async () => lost()
const refuse = async () => busy()

describe('a write whose answer was lost', () => {
  test.each([
    ['was done', [keep(body)], 'created'],
    ['was not done', [drop], 'created'],
    ['was not done, twice', [drop, drop], 'created'],
    ['was not done, and another was first', [keep(other)], 'exists'],
    ['was done late, after a second attempt began', [drop, keep(body)], 'created'],
    ['was done, after a busy store', [refuse, keep(body)], 'created'],
  ] as const)('put-if-absent that %s', async (_name, steps, outcome) => {
    const { patience } = waiting()
    expect(await retrying(scripted(steps), patience).putIfAbsent('k', body)).toBe(outcome)
  })

  test('put-if-absent whose first attempt lands while the second is on its way: the second finds its own', async () => {
    const store = memoryStore()
    let attempts = 0
    const late: ObjectStore = {
      ...store,
      putIfAbsent: async (key, bytes) => {
        if (++attempts === 1) throw lost()
        await store.put(key, body)
        return store.putIfAbsent(key, bytes)
      },
    }
    expect(await retrying(late, waiting().patience).putIfAbsent('k', body)).toBe('created')
  })

  test('put-if-match: done, not done, another was first, and what nobody can know', async () => {
    const run = async (steps: readonly ((store: ObjectStore) => Promise<Failure>)[]) => {
      const store = scripted(steps)
      const { etag } = await store.put('k', Buffer.from('before'))
      const outcome = retrying(store, waiting().patience).putIfMatch('k', body, etag)
      return outcome.then(
        meta => meta?.sizeBytes,
        (thrown: Failure) => thrown.code,
      )
    }
    expect(await run([keep(body)])).toBe(4)
    expect(await run([drop])).toBe(4)
    expect(await run([])).toBe(4)
    // Ours may have stood before theirs.
    expect(await run([keep(other)])).toBe('SLUICE_OBJECT_OUTCOME_UNKNOWN')
  })

  test('stays unknown when it cannot be read either, or when the last attempts are refused', async () => {
    const blind = { ...scripted([drop]), get: async () => Promise.reject(busy()) }
    expect(await codeOf(retrying(blind, waiting().patience).putIfAbsent('k', body))).toBe(
      'SLUICE_OBJECT_OUTCOME_UNKNOWN',
    )
    const refusing = scripted([drop, ...Array.from({ length: 9 }, () => refuse)])
    expect(await codeOf(retrying(refusing, waiting().patience).putIfAbsent('k', body))).toBe(
      'SLUICE_OBJECT_OUTCOME_UNKNOWN',
    )
    const busyOnly = scripted(Array.from({ length: 9 }, () => refuse))
    expect(await codeOf(retrying(busyOnly, waiting().patience).putIfAbsent('k', body))).toBe(
      'SLUICE_OBJECT_STORE_FAILED',
    )
  })

  test('under any faults a thousand writers are told the truth', async () => {
    const store = memoryStore()
    const faults = { conflict: 0.1, failed: 0.15, timeoutBefore: 0.1, timeoutAfter: 0.2, torn: 0.1 }
    const tell = async (writer: number) => {
      const { patience } = waiting(50)
      const outcome = await retrying(faulty(store, { seed: writer, ...faults }), patience).putIfAbsent(
        `log/${writer % 200}`,
        Buffer.from(`by ${writer}`),
      )
      return outcome === 'created' ? [writer] : []
    }
    const winners = (await Promise.all(Array.from({ length: 1_000 }, (_, writer) => tell(writer)))).flat()
    expect(winners).toHaveLength(200)
    for (const writer of winners)
      expect(Buffer.from((await store.get(`log/${writer % 200}`)).bytes).toString()).toBe(`by ${writer}`)
  })
})

describe('waits', () => {
  test('grow to a limit, are cut by chance, and are never shorter than the store says', async () => {
    const { waits, patience } = waiting(12)
    await codeOf(persist(() => Promise.reject(busy()), patience))
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000, 20_000])
    const half = waiting(3, () => 0.5)
    await codeOf(persist(() => Promise.reject(busy()), half.patience))
    expect(half.waits).toEqual([50, 100])
    const told = waiting(2, () => 0)
    await codeOf(persist(() => Promise.reject(busy(3_000)), told.patience))
    expect(told.waits).toEqual([3_000])
  })

  test('what does not pass is not asked again', async () => {
    const { waits, patience } = waiting()
    expect(await codeOf(retrying(memoryStore(), patience).get('none'))).toBe('SLUICE_OBJECT_NOT_FOUND')
    expect(waits).toEqual([])
  })

  test('a cancel ends a wait at once, by its reason', async () => {
    const controller = new AbortController()
    const reason = new DOMException('enough', 'AbortError')
    const hour = { ...patience(controller.signal), random: () => 1 }
    const asked = persist(() => Promise.reject(busy(3_600_000)), hour)
    setTimeout(() => controller.abort(reason), 10)
    await expect(asked).rejects.toBe(reason)
  })
})

describe('faults', () => {
  test('the same seed goes wrong in the same way, another in another', async () => {
    const run = async (seed: number) => {
      const store = faulty(memoryStore(), { seed, failed: 0.3, timeoutAfter: 0.3 })
      const codes: string[] = []
      for (let i = 0; i < 30; i++) codes.push(await codeOf(store.putIfAbsent(`k${i}`, body)))
      return codes.join()
    }
    expect(await run(1)).toBe(await run(1))
    expect(await run(1)).not.toBe(await run(2))
  })

  test('each does what it says', async () => {
    const store = memoryStore()
    const always = (faults: object) => faulty(store, { seed: 1, ...faults })
    expect(await codeOf(always({ timeoutAfter: 1 }).putIfAbsent('a', body))).toBe(
      'SLUICE_OBJECT_OUTCOME_UNKNOWN',
    )
    expect(await codeOf(always({ timeoutBefore: 1 }).putIfAbsent('b', body))).toBe(
      'SLUICE_OBJECT_OUTCOME_UNKNOWN',
    )
    expect(await codeOf(always({ failed: 1 }).putIfAbsent('c', body))).toBe('SLUICE_OBJECT_OUTCOME_UNKNOWN')
    expect(await codeOf(always({ conflict: 1 }).putIfAbsent('d', body))).toBe('SLUICE_OBJECT_STORE_FAILED')
    expect(await codeOf(always({ torn: 1 }).get('a'))).toBe('SLUICE_OBJECT_CUT')
    expect(await codeOf(always({ failed: 1 }).get('a'))).toBe('SLUICE_OBJECT_STORE_FAILED')
    expect(await codeOf(always({ timeoutAfter: 1 }).head('a'))).toBe('SLUICE_OBJECT_STORE_UNREACHABLE')
    expect(await codeOf(always({ conflict: 1 }).put('e', body))).toBe('none')
    expect(await always({ latencyMsMax: 2 }).head('a')).toMatchObject({ sizeBytes: 4 })
    expect(await keysOf(store.list(''))).toEqual(['a', 'e'])
  })
})
