import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { quarantineOf } from '../../connect/index.ts'
import { quoteAsset } from '../../sql/index.ts'
import { lake } from './index.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-processes-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const stepsOfEach = 25
const processes = 3
const killsMax = 12

/**
 * A writer: each step appends a row to the asset and to its child, merges into a table that all share, and
 * refuses one. A step is told as done in a file of its own once `publish` has returned; what is told is not
 * done again.
 */
const script = `
  import { appendFileSync, existsSync, readFileSync } from 'node:fs'
  import { lake } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}
  const [root, name, steps] = process.argv.slice(-3)
  const signal = new AbortController().signal
  const context = { root, memoryBytesMax: 1e8, mode: 'write', tempDir: root + '/temp-' + process.pid, signal }
  const told = root + '/done-' + name
  const done = new Set(existsSync(told) ? readFileSync(told, 'utf8').split('\\n') : [])
  const store = await lake('lake').open(context)
  const request = { columns: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  for (let n = 0; n < Number(steps); n++) {
    const key = name + ' ' + n
    if (done.has(key)) continue
    while ((await store.effect(key)) === undefined) {
      const work = await store.begin({ asset: 'lab.rows', effect: key, keyed: true, signal })
      try {
        const sql = "select '" + name + "' as writer, " + n + ' as n'
        await work.write({ ...request, table: 'lab.rows', strategy: 'append', key: [], sql })
        await work.write({ ...request, table: 'lab.rows__items', strategy: 'append', key: [], sql })
        const latest = "select '" + name + "' as writer, " + n + ' as n'
        await work.write({ ...request, table: 'lab.latest', strategy: 'merge', key: ['writer'], sql: latest })
        const refusal = "select 'no' as reason, 'type' as rule, '' as source, 1 as position, '" +
          key + "' as raw"
        await work.refuse({ sql: refusal, run: 'run' })
        const counts = { in: 2, out: 1, refused: 1, deduplicated: 0 }
        await work.publish({ asset: 'lab.rows', run: 'run', atMs: 0, counts, record: null })
      } catch (thrown) {
        if (thrown.retry !== 'later') throw thrown
      } finally {
        await work.abandon()
      }
    }
    appendFileSync(told, key + '\\n')
  }
  await store.close()`

test('processes that write at once and are killed at any time lose no step and do none twice', async () => {
  const file = join(root, 'writer.mjs')
  await writeFile(file, script)
  let kills = 0
  const running = new Set<ChildProcess>()
  const write = async (name: string): Promise<void> => {
    for (;;) {
      const child = spawn(process.execPath, [file, root, name, String(stepsOfEach)], { stdio: 'inherit' })
      running.add(child)
      const [code, killed] = (await once(child, 'exit')) as [number | null, string | null]
      running.delete(child)
      if (killed !== 'SIGKILL') return expect(code).toBe(0)
    }
  }
  const killer = setInterval(() => {
    const [victim] = [...running].sort(() => Math.random() - 0.5)
    if (kills < killsMax && victim?.kill('SIGKILL')) kills++
  }, 700)
  try {
    await Promise.all(Array.from({ length: processes }, (_, n) => write(`writer-${n}`)))
  } finally {
    clearInterval(killer)
    for (const child of running) child.kill('SIGKILL')
  }
  expect(kills).toBeGreaterThan(2)
  await everyStepOnce()
}, 240_000)

async function everyStepOnce(): Promise<void> {
  const { signal } = new AbortController()
  const context = { root, memoryBytesMax: 2e8, mode: 'write', tempDir: join(root, 'temp'), signal } as const
  const store = await lake('lake').open(context)
  try {
    const all = String(processes * stepsOfEach)
    for (const table of ['lab.rows', 'lab.rows__items']) {
      const { rows } = await store.query(`select count(*), count(distinct (writer, n)) from ${table}`)
      expect([table, rows]).toEqual([table, [[all, all]]])
    }
    const raw = `select count(*), count(distinct raw) from ${quoteAsset(quarantineOf('lab.rows'))}`
    expect((await store.query(raw)).rows).toEqual([[all, all]])
    const { rows } = await store.query('select count(*), min(n), max(n) from lab.latest')
    expect(rows).toEqual([[String(processes), String(stepsOfEach - 1), String(stepsOfEach - 1)]])
    expect(await readdir(join(root, 'lake/_sluice/publishing'))).toEqual([])
    for (let n = 0; n < processes; n++) {
      const done = (await readFile(join(root, `done-writer-${n}`), 'utf8')).trim().split('\n')
      for (const key of done) expect(await store.effect(key)).toMatchObject({ key })
    }
    const log = await readdir(join(root, 'lake/lab/rows/_delta_log'))
    const versions = log.flatMap(name => (/^\d{20}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    const first = Math.min(...versions)
    expect(versions.sort((a, b) => a - b)).toEqual(versions.map((_, i) => first + i))
  } finally {
    await store.close()
  }
}
