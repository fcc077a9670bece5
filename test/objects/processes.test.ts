import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ObjectStore, localStore } from '../../src/objects/index.ts'

const writer = fileURLToPath(new URL('writer.ts', import.meta.url))
let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-objects-'))
})
afterEach(async () => rm(root, { recursive: true, force: true }))

function start(...words: readonly string[]): ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> } {
  const child = spawn(process.execPath, [writer, root, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  return child as typeof child & { stdout: NonNullable<ChildProcess['stdout']> }
}

test('four processes that race for the same keys: each is created once', async () => {
  const counts = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async name => text(start('create', name, '100').stdout)),
  )
  expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(100)
  await expectWhole(100)
  expect((await readdir(join(root, 'log'))).filter(name => name.startsWith('.'))).toEqual([])
})

test('four processes that count in one object lose no count, also when some are killed', async () => {
  const store = localStore(root)
  await store.put('n', Buffer.from('0'))
  const victims = [start('add', 'x', '1000000'), start('add', 'y', '1000000')]
  const counters = [start('add', 'a', '100'), start('add', 'b', '100')]
  const marks = [...victims, ...counters].map(async child => (await text(child.stdout)).length)
  // Killed while they count, in the midst of the others.
  while ((await total(store)) < 40) await store.head('n')
  for (const victim of victims) victim.kill('SIGKILL')
  const counted = (await Promise.all(marks)).reduce((sum, count) => sum + count, 0)
  const standing = await total(store)
  expect(counted).toBeGreaterThanOrEqual(200)
  expect(standing).toBeGreaterThanOrEqual(counted)
  // Of each that was killed one may have counted that it could not mark.
  expect(standing).toBeLessThanOrEqual(counted + victims.length)
})

async function total(store: ObjectStore): Promise<number> {
  return Number(Buffer.from((await store.get('n')).bytes).toString())
}

test('killed at random moments, a process leaves whole objects only', async () => {
  const seed = Date.now() % 1_000
  let halves = 0
  for (let round = 0; round < 25; round++) {
    const child = start('create', `round-${round}`, '1000000')
    const ended = once(child, 'exit')
    // Killed when it has written some more: the seed says how many, so that rounds differ.
    const wanted = (await countOf()) + 1 + ((seed + round * 7) % 5)
    while ((await countOf()) < wanted) await readdir(root)
    child.kill('SIGKILL')
    await ended
    halves += (await readdir(join(root, 'log'))).filter(name => name.startsWith('.sluice-tmp-')).length
  }
  await expectWhole(await countOf())
  expect({ seed, cutInTheMidst: halves > 0 }).toEqual({ seed, cutInTheMidst: true })
})

async function countOf(): Promise<number> {
  const names = await readdir(join(root, 'log')).catch(() => [])
  return names.filter(name => !name.startsWith('.')).length
}

async function expectWhole(count: number): Promise<void> {
  const store = localStore(root)
  let objects = 0
  for await (const { key } of store.list('log/')) {
    const body = Buffer.from((await store.get(key)).bytes)
    const head = /^\S+ \d+ /.exec(body.toString('latin1', 0, 100))?.[0] ?? ''
    expect(Buffer.compare(body, Buffer.alloc(300_000, head))).toBe(0)
    expect(key).toBe(`log/${String(objects++).padStart(6, '0')}`)
  }
  expect(objects).toBe(count)
}
