import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { idsFrom, type Ledger, openLedger } from '../../src/ledger/index.ts'

const place = { path: '' }
beforeEach(() => {
  place.path = mkdtempSync(join(tmpdir(), 'sluice-processes-'))
})
afterEach(() => rmSync(place.path, { recursive: true, force: true }))

/** Steps of a group and events of a step, as `writer.ts` makes them. */
const groupSteps = 5
const stepEvents = 3

type Writer = {
  readonly process: ChildProcess
  readonly said: () => string
  readonly code: Promise<number | null>
}

function write(name: string, groups: number): Writer {
  const file = join(import.meta.dirname, 'writer.ts')
  const child = spawn(process.execPath, [file, place.path, name, String(groups)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Written by the first process that ends by itself; later ones begin in a third of the time.
    env: { ...process.env, NODE_COMPILE_CACHE: join(place.path, 'compiled') },
  })
  const heard = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      heard.text += chunk.toString()
    })
  const code = once(child, 'close').then(([exit]) => exit as number | null)
  return { process: child, said: () => heard.text, code }
}

async function open(): Promise<Ledger> {
  const newId = idsFrom({ nowMs: Date.now, random: Math.random })
  return await openLedger({ path: place.path, mode: 'write', nowMs: Date.now, newId, pid: process.pid })
}

/** Resolves when the writer has said so much. */
async function said(writer: Writer, length: number): Promise<void> {
  while (
    writer.said().length < length &&
    writer.process.exitCode === null &&
    writer.process.signalCode === null
  )
    await Promise.race([once(writer.process.stdout ?? writer.process, 'data'), writer.code])
}

test('kill -9, 100 times: groups are whole or absent, what was told durable is there', async () => {
  expect(await write('warm', 1).code).toBe(0)
  const ledger = await open()
  const seen = { groups: 0, unsettled: '' }
  for (let round = 0; round < 100; round += 1) {
    const writer = write('a', 1_000_000)
    // Some die while they begin, some in the middle of a commit: after a few groups, wherever the next ones
    // are.
    if (round % 10 === 0) writer.process.kill('SIGKILL')
    else await said(writer, (round * 7) % 60)
    writer.process.kill('SIGKILL')
    await writer.code
    expect(writer.said()).toMatch(/^[\d\n]*$/)
    const [crashed, ...others] = await ledger.recoverable()
    expect(others).toEqual([])
    const acknowledged = writer.said().split('\n').length - 1
    if (crashed === undefined || crashed.run.id === seen.unsettled) {
      // It did not live long enough to settle the one before and begin.
      expect(acknowledged).toBe(0)
      continue
    }
    const events = await ledger.events({ run: crashed.run.id, limit: 1_000_000 })
    const groups = (events.length - 1) / (groupSteps * stepEvents)
    expect(Number.isInteger(groups)).toBe(true)
    expect(groups).toBeGreaterThanOrEqual(acknowledged)
    expect(groups).toBeLessThanOrEqual(acknowledged + 1)
    seen.groups += groups
    expect(crashed.open).toEqual([])
    expect((await ledger.asset('t.a'))?.version ?? 0).toBe(seen.groups * groupSteps)
    // Now and then the next writer finds it unsettled and settles it itself.
    seen.unsettled = crashed.run.id
    if (round % 3 > 0) expect(await ledger.settle(crashed, [])).toBe(true)
  }
  const { events, differences } = await ledger.verify()
  expect(differences).toEqual([])
  expect(events).toBeGreaterThan(seen.groups * groupSteps * stepEvents)
  expect(seen.groups).toBeGreaterThan(100)
  await ledger.close()
}, 120_000)

test('eight processes at once: no error, nothing lost, no gap in the sequence', async () => {
  const groups = 40
  const writers = Array.from({ length: 8 }, (_, index) => write(`w${index}`, groups))
  expect(await Promise.all(writers.map(writer => writer.code))).toEqual(writers.map(() => 0))
  const ledger = await open()
  const each = groups * groupSteps
  const events = await ledger.events({ limit: 1_000_000 })
  expect(events.map(event => event.seq)).toEqual(events.map((_, index) => index + 1))
  expect(events).toHaveLength(writers.length * (each * stepEvents + 2))
  const { assets } = await ledger.history()
  expect(Object.values(assets).map(asset => asset.version)).toEqual(writers.map(() => each))
  expect((await ledger.runs()).map(run => run.outcome)).toEqual(writers.map(() => 'success'))
  expect((await ledger.verify()).differences).toEqual([])
  await ledger.close()
}, 120_000)

test('a process that is stopped is alive; the moment it is killed, it is dead', async () => {
  const ledger = await open()
  const writer = write('a', -1)
  await said(writer, 7)
  writer.process.kill('SIGSTOP')
  const steps = [{ id: 'x', asset: 't.a' }]
  const request = { project: 'p', trigger: 'test', actor: 'b', steps }
  expect(await ledger.recoverable()).toEqual([])
  await expect(ledger.startRun(request)).rejects.toMatchObject({
    code: 'SLUICE_RUN_BUSY',
    why: expect.stringContaining(`in process ${writer.process.pid}`),
  })
  writer.process.kill('SIGKILL')
  await writer.code
  await expect(ledger.startRun(request)).rejects.toMatchObject({ code: 'SLUICE_RUN_UNSETTLED' })
  for (const crashed of await ledger.recoverable()) expect(await ledger.settle(crashed, [])).toBe(true)
  const log = await ledger.startRun(request)
  await log.finish('success')
  // Of the dead one nothing is left; ours is there until we close.
  expect(readdirSync(join(place.path, 'alive'))).toHaveLength(1)
  await ledger.close()
}, 60_000)
