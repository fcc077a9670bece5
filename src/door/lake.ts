import { userInfo } from 'node:os'
import type { Store, Versions, When } from '../connect/index.ts'
import { asFailure, failure, near } from '../errors/index.ts'
import type { AssetName } from '../model/index.ts'
import { systemClock } from '../run/index.ts'
import { type AsOf, replacePast } from '../sql/index.ts'
import type { Opened } from './opened.ts'
import type { Project } from './project.ts'
import { recover } from './recover.ts'

/** Tables that remember: their past, their care. */
export function lakeOf(rooms: Opened): Project['lake'] {
  const looking = async () => versionsOf(rooms, await rooms.store('read'))
  const caring = async () => versionsOf(rooms, await rooms.store('write'))
  return {
    when: words => whenOf(rooms, words),
    history: async (asset, options) => (await looking()).history(asset, options),
    diff: async (asset, between) => (await looking()).diff(asset, between),
    fsck: async asset => (await looking()).fsck(asset),
    optimize: async (asset, options) => (await caring()).optimize(asset, options),
    vacuum: async (asset, options) => (await caring()).vacuum(asset, options),
    clone: async (asset, to, when) => {
      if (rooms.read.declarations.some(({ name }) => name === to)) throw failure('SLUICE_LAKE_TAKEN', { to })
      return (await caring()).clone(asset, to, when)
    },
    restore: async (asset, when) => restore(rooms, { asset, when, versions: await caring() }),
  }
}

function versionsOf({ target }: Opened, { versions }: Store): Versions {
  if (versions === undefined) throw failure('SLUICE_LAKE_NONE', { target: target.describe })
  return versions
}

type Restore = { readonly asset: AssetName; readonly when: When; readonly versions: Versions }

/** A run of its own in the ledger: what reads the asset sees that it has another version. */
async function restore(rooms: Opened, { asset, when, versions }: Restore) {
  const ledger = await rooms.ledger('write')
  await recover(ledger, () => rooms.store('write'))
  const known = await ledger.asset(asset)
  const step = `${asset} restored`
  const log = await ledger.startRun({
    project: rooms.read.config.name,
    trigger: 'restore',
    actor: userInfo().username,
    steps: [{ id: step, asset }],
  })
  const pen = { step, asset, attempt: 1 }
  const startedAtMs = systemClock().nowMs()
  const durationMs = () => Math.max(0, systemClock().nowMs() - startedAtMs)
  const reason = { code: 'forced', words: 'restored to an earlier version' } as const
  await log.record({ ...pen, body: { kind: 'step.started', reason } })
  try {
    const restored = await versions.restore(asset, when)
    const version = (known?.version ?? 0) + 1
    const body = { kind: 'step.finished', durationMs: durationMs() } as const
    await log.record(
      restored.already
        ? { ...pen, body: { ...body, outcome: 'unchanged', words: 'it was so already' } }
        : { ...pen, body: { ...body, outcome: 'success', version }, state: { version } },
    )
    await log.finish('success')
    return restored
  } catch (thrown) {
    const { code, title, fix, retry } = asFailure(thrown, `restoring \`${asset}\``)
    const words = { code, title, fix, retry }
    await log.record({
      ...pen,
      body: { kind: 'step.finished', outcome: 'failed', durationMs: durationMs(), failure: words },
    })
    await log.finish('failed')
    throw thrown
  }
}

const digits = /^\d{1,15}$/
// ISO 8601: a day, or a time of a day; UTC unless it says otherwise.
const instant = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

/** `3` a version, `2026-01-31 05:00` an instant, anything else the run after which it was so. */
async function whenOf(rooms: Opened, words: string): Promise<When> {
  if (digits.test(words)) return { version: Number(words) }
  if (!instant.test(words)) return { atMs: await endOf(rooms, words) }
  const zoned = words.length === 10 || /(?:Z|[+-]\d{2}:?\d{2})$/.test(words) ? words : `${words}Z`
  const atMs = Date.parse(zoned.replace(' ', 'T'))
  if (Number.isNaN(atMs)) throw failure('SLUICE_LAKE_WHEN', { words })
  return { atMs }
}

/** When the run had ended: what it published is there, and nothing of later ones. */
async function endOf(rooms: Opened, id: string): Promise<number> {
  const ledger = await rooms.ledger('read')
  const run = await ledger.run(id)
  if (run?.finishedAtMs !== undefined) return run.finishedAtMs
  if (run) throw failure('SLUICE_LAKE_RUN_OPEN', { run: id })
  const recent = await ledger.runs({ limit: 100 })
  const ids = recent.map(row => row.id)
  throw failure('SLUICE_LAKE_WHEN', { words: id, near: near(id, ids) })
}

/** `as of run` means when that run had ended: the target knows versions and times, the ledger knows runs. */
export async function withoutRuns(rooms: Opened, sql: string): Promise<string> {
  const runs = new Set<string>()
  replacePast(sql, ({ asOf }) => {
    if (asOf.kind === 'run') runs.add(asOf.run)
    return ''
  })
  if (runs.size === 0) return sql
  const ends = new Map<string, number>()
  for (const run of runs) ends.set(run, await endOf(rooms, run))
  return replacePast(sql, ({ reference: { offset, length }, asOf }) => {
    return `${sql.slice(offset, offset + length)} ${clause(asOf, ends)}`
  })
}

function clause(asOf: AsOf, ends: ReadonlyMap<string, number>): string {
  if (asOf.kind === 'version') return `as of version ${asOf.version}`
  const timestamp =
    asOf.kind === 'timestamp' ? asOf.timestamp : new Date(ends.get(asOf.run) ?? 0).toISOString()
  return `as of timestamp '${timestamp.replaceAll("'", "''")}'`
}
