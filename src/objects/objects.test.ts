import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest'
import { type Moto, startMoto } from '../../test/servers/moto.ts'
import { cases } from './conform.ts'
import { faulty, localStore, memoryStore, openObjects, patience, retrying } from './index.ts'
import type { ObjectStore } from './index.ts'

/** Everything at once, often, and no waits. */
const faults = {
  seed: 20_240_131,
  conflict: 0.1,
  failed: 0.1,
  timeoutBefore: 0.1,
  timeoutAfter: 0.1,
  torn: 0.1,
}
const quick = { ...patience(), attemptsMax: 40, sleep: async () => {} }

async function tried(store: ObjectStore, run: (store: ObjectStore) => Promise<void>): Promise<void> {
  try {
    await run(store)
  } finally {
    await store.close()
  }
}

describe('memory', () => {
  test.each(cases)('$name', ({ run }) => tried(memoryStore(), run))
})

describe('memory that fails half of the time, asked again', () => {
  test.each(cases)('$name', ({ run }) => tried(retrying(faulty(memoryStore(), faults), quick), run))
})

describe('this disk', () => {
  test.each(cases)('$name', async ({ run }) => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-objects-'))
    try {
      await tried(localStore(join(root, 'made', 'later')), run)
    } finally {
      await rm(root, { recursive: true })
    }
  })
})

describe('S3, as moto speaks it', () => {
  let moto: Moto | undefined
  let unable = ''
  beforeAll(async () => {
    const started = await startMoto()
    if ('unable' in started) unable = started.unable
    else moto = started
  }, 600_000)
  beforeEach(({ skip }) => skip(unable !== '', unable))
  afterAll(async () => moto?.stop())

  describe.each(['the bucket itself', 'a prefix of it'])('%s', where => {
    test.each(cases)('$name', async ({ run }) => {
      const store = await bucket(where === 'the bucket itself' ? '' : '/lake/of tables')
      await tried(store, run)
    })
  })

  async function bucket(prefix: string): Promise<ObjectStore> {
    await moto?.reset()
    const url = moto?.url ?? ''
    await fetch(`${url}/shop`, { method: 'PUT' })
    const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'hush', AWS_ENDPOINT_URL: url }
    return openObjects(`s3://shop${prefix}`, { env })
  }
})
