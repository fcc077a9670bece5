import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { strategies } from '../../src/connectors/lake/conform.ts'
import { lake } from '../../src/connectors/lake/index.ts'
import { targetSuites } from '../../src/testing/index.ts'
import { enter, troubles } from '../scenarios/stage.ts'
import { type Moto, startMoto } from '../servers/moto.ts'

let moto: Moto
let unable = ''
beforeAll(async () => {
  const started = await startMoto()
  if ('unable' in started) unable = started.unable
  else moto = started
}, 600_000)
beforeEach(({ skip }) => {
  skip(unable !== '', unable)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  return () => vi.unstubAllEnvs()
})
afterAll(async () => moto?.stop())

let buckets = 0

/** A lake in a bucket of its own; its cache lies beside the temporary files, as that of a project does. */
async function fresh() {
  const root = await mkdtemp(join(tmpdir(), 'sluice-s3-'))
  const bucket = `lake-${process.pid}-${buckets++}`
  await fetch(`${moto.url}/${bucket}`, { method: 'PUT' })
  const path = `s3://${bucket}/lake`
  return {
    // Also on a machine that has httpfs.
    target: lake(path, { endpoint: moto.url, httpfs: false }),
    path,
    context: {
      root,
      memoryBytesMax: 512 * 1024 ** 2,
      mode: 'write' as const,
      tempDir: join(root, 'temp'),
      cacheDir: join(root, 'cache'),
      signal: new AbortController().signal,
    },
    dispose: () => rm(root, { recursive: true, force: true }),
  }
}

describe('a lake in S3', () => {
  for (const { name, run } of targetSuites({ fresh, strategies })) test(`lake ${name}`, run)

  test('a project runs there as it does on disk', async () => {
    const gold = 'select * from gold.daily order by all'
    const onDisk = await enter('medallion')
    const inS3 = await enter('medallion')
    const { path, dispose } = await fresh()
    try {
      await inS3.edit(
        'sluice.config.ts',
        "lake('./lake')",
        `lake('${path}', { endpoint: '${moto.url}', httpfs: false })`,
      )
      for (const stage of [onDisk, inS3]) {
        expect(troubles(await stage.run())).toEqual([])
        expect((await stage.run()).plan.steps).toEqual([])
        await stage.write('data/events-2.csv', await readFile(join(stage.cwd, 'data/events-1.csv'), 'utf8'))
        expect(troubles(await stage.run())).toEqual([])
      }
      for (const asOf of ['', ' as of version 0'])
        expect(await inS3.rows(gold.replace('daily', `daily${asOf}`))).toEqual(
          await onDisk.rows(gold.replace('daily', `daily${asOf}`)),
        )
      const found = await readdir(inS3.cwd, { recursive: true })
      expect(found.filter(name => /\bcache\/.*\/object\.parquet$/.test(name)).length).toBeGreaterThan(0)
      expect(found.filter(name => /^lake\b/.test(name))).toEqual([])
    } finally {
      for (const end of [onDisk.leave, inS3.leave, dispose]) await end()
    }
  })

  test('processes that share a cache, some of them killed while they fetch, read what is there', async () => {
    const { target, path, context, dispose } = await fresh()
    try {
      const noise = [1, 2, 3, 4, 5, 6].map(n => `(hash(i, ${n}) >> 1)::bigint as c${n}`)
      const store = await target.open(context)
      const work = await store.begin({
        asset: 'shop.orders',
        effect: 'e',
        keyed: false,
        signal: context.signal,
      })
      await work.write({
        table: 'shop.orders',
        strategy: 'append',
        sql: `select i as id, ${noise.join(', ')} from range(600000) r(i)`,
        key: [],
        columns: [],
        cursor: undefined,
        partition: undefined,
        atMs: 0,
        deleteMissing: false,
      })
      const counts = { in: 600_000, out: 600_000, refused: 0, deduplicated: 0 }
      await work.publish({ asset: 'shop.orders', run: 'run', atMs: 0, counts, record: null })
      const sums = 'select sum(id), sum(c1), sum(c2), sum(c3), sum(c4), sum(c5), sum(c6) from shop.orders'
      const expected = (await store.query(sums)).rows
      await store.close()
      await rm(context.cacheDir, { recursive: true })
      const reading = (afterMs: number | undefined) => read({ path, root: context.root, sql: sums, afterMs })
      const killed = [20, 60, 120, 200, 300].map(reading)
      const told = await Promise.all([reading(undefined), reading(undefined), ...killed])
      const whole = told.filter(text => text !== undefined)
      expect(whole.length).toBeGreaterThanOrEqual(2)
      expect(whole.length).toBeLessThan(told.length)
      expect(new Set([...whole, await reading(undefined)])).toEqual(new Set([JSON.stringify(expected)]))
    } finally {
      await dispose()
    }
  })
})

const script = `
  import { lake } from ${JSON.stringify(new URL('../../src/connectors/lake/index.ts', import.meta.url).href)}
  const [path, endpoint, root, sql] = process.argv.slice(-4)
  const store = await lake(path, { endpoint, httpfs: false }).open({
    root,
    memoryBytesMax: 2e8,
    mode: 'read',
    tempDir: root + '/temp-' + process.pid,
    cacheDir: root + '/cache',
    signal: new AbortController().signal,
  })
  process.stdout.write('open\\n')
  const { rows } = await store.query(sql)
  process.stdout.write(JSON.stringify(rows))
  await store.close()`

type Read = {
  readonly path: string
  readonly root: string
  readonly sql: string
  /** Killed so long after it has begun to read; undefined: left alone. */
  readonly afterMs: number | undefined
}

/** What a process of its own reads; undefined: it was killed before it was done. */
async function read({ path, root, sql, afterMs }: Read): Promise<string | undefined> {
  const words = ['--input-type=module', '-e', script, '--', path, moto.url, root, sql]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', piece => {
    text += String(piece)
    if (afterMs !== undefined && text === 'open\n') setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  const [code] = await once(child, 'close')
  return code === 0 ? text.slice('open\n'.length) : undefined
}
