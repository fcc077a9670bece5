import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AssetUpdate, idsFrom, type Ledger, openLedger } from '../ledger/index.ts'
import type { StepOutcome } from '../model/index.ts'
import { type Overlay, overlaid } from './overlay.ts'

let folder: string
let base: Ledger
let own: Ledger
let seen: Overlay
const there = new Set<string>()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-overlay-'))
  let ms = 1_800_000_000_000
  const nowMs = () => ms++
  const open = (name: string) => {
    const newId = idsFrom({ nowMs, random: () => 0.5 })
    const path = join(folder, name)
    return openLedger({ path, mode: 'write', durability: 'relaxed', nowMs, newId, pid: 1 })
  }
  there.clear()
  ;[base, own] = [await open('base'), await open('own')]
  seen = overlaid({ own, base, there: async () => there })
})
afterEach(async () => {
  await Promise.all([base.close(), own.close()])
  await rm(folder, { recursive: true, force: true })
})

const asset = 'raw.a'
async function step(ledger: Ledger, outcome: StepOutcome, state?: AssetUpdate): Promise<void> {
  const log = await ledger.startRun({ project: 'p', trigger: 'cli', actor: 'a', steps: [{ id: 's', asset }] })
  const pen = { step: 's', asset, attempt: 1 }
  await log.record({ ...pen, body: { kind: 'step.started', reason: { code: 'new', words: 'new' } } })
  const body = { kind: 'step.finished', outcome, durationMs: 1 } as const
  await log.record({ ...pen, body, ...(state ? { state } : {}) })
  await log.finish('success')
}

const contract = { version: 1, columns: [{ name: 'id', type: 'BIGINT', nullable: false }], key: ['id'] }
const parts = { keys: ['x', 'y'], version: 3, fingerprint: 'f', upstream: {} }
const standing = {
  version: 3,
  fingerprint: 'f',
  contract,
  position: { at: 1 },
  cursor: 'c',
  partitions: [parts],
}

test('what is not its own is the base’s, whose failures are its own business', async () => {
  expect(await seen.asset(asset)).toBeUndefined()
  await step(base, 'success', standing)
  await step(base, 'failed')
  const past = await base.asset(asset)
  expect(await seen.asset(asset)).toEqual({ ...past, lastOutcome: 'success' })
  expect((await seen.history()).assets[asset]).toEqual({ ...past, lastOutcome: 'success' })
  await step(seen, 'failed')
  expect(await seen.asset(asset)).toMatchObject({ version: 3, lastOutcome: 'failed', position: { at: 1 } })
  expect(await seen.mine()).toEqual([])
})

test('its first own record goes on from the base’s, and counts until the base has another version', async () => {
  await step(base, 'success', standing)
  const now = { keys: ['y'], version: 4, fingerprint: 'g', upstream: {} }
  await step(seen, 'success', {
    version: 4,
    fingerprint: 'g',
    position: { at: 2 },
    upstream: { 'raw.b': 1 },
    partitions: [now],
  })
  there.add(asset)
  const made = await seen.asset(asset)
  expect(made).toMatchObject({
    version: 4,
    fingerprint: 'g',
    contract,
    position: { at: 2 },
    cursor: 'c',
    upstream: { 'raw.b': 1, [asset]: 3 },
    partitions: { x: { version: 3, fingerprint: 'f' }, y: { version: 4, fingerprint: 'g' } },
  })
  expect(await seen.mine()).toEqual([asset])
  await step(seen, 'success', { version: 5, fingerprint: 'g', upstream: { 'raw.b': 2 } })
  expect(await seen.asset(asset)).toMatchObject({
    version: 5,
    cursor: 'c',
    upstream: { 'raw.b': 2, [asset]: 3 },
  })
  await step(base, 'success', { version: 4, position: { at: 9 } })
  expect(await seen.mine()).toEqual([])
  expect(await seen.asset(asset)).toMatchObject({ version: 4, fingerprint: 'f', position: { at: 9 } })
  // Begun anew, it goes on from where the base is now, though it was further itself.
  await step(seen, 'success', { version: 5, fingerprint: 'h', upstream: {} })
  expect(await seen.asset(asset)).toMatchObject({ version: 5, position: { at: 9 }, upstream: { [asset]: 4 } })
  expect([(await own.verify()).differences, (await base.verify()).differences]).toEqual([[], []])
})

test('facts of rows that stay the base’s are kept as long as the base’s rows are', async () => {
  await step(base, 'success', standing)
  await step(seen, 'unchanged', { checksFingerprint: 'new' })
  expect(await seen.asset(asset)).toMatchObject({ version: 3, checksFingerprint: 'new', position: { at: 1 } })
  expect(await seen.mine()).toEqual([])
  await step(base, 'success', { version: 4, position: { at: 9 } })
  const past = await seen.asset(asset)
  expect([past?.version, past?.position, past?.checksFingerprint]).toEqual([4, { at: 9 }, undefined])
  expect((await own.verify()).differences).toEqual([])
})

test('what is gone at the target is the base’s again', async () => {
  await step(base, 'success', standing)
  await step(seen, 'success', { version: 4, fingerprint: 'g' })
  expect((await seen.history()).assets[asset]).toMatchObject({ version: 3, fingerprint: 'f' })
})

test('a step that a crashed run had committed goes on from the base’s record too', async () => {
  await step(base, 'success', standing)
  const log = await seen.startRun({ project: 'p', trigger: 'cli', actor: 'a', steps: [{ id: 's', asset }] })
  const pen = { step: 's', asset, attempt: 1 }
  await log.record({ ...pen, body: { kind: 'step.started', reason: { code: 'new', words: 'new' } } })
  await log.letGo()
  there.add(asset)
  for (const crashed of await seen.recoverable())
    await seen.settle(crashed, [{ step: 's', committed: true, state: { version: 4, fingerprint: 'g' } }])
  expect(await seen.asset(asset)).toMatchObject({
    version: 4,
    fingerprint: 'g',
    position: { at: 1 },
    contract,
  })
  expect((await own.verify()).differences).toEqual([])
})
