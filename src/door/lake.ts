import type { Store, Versions, When } from '../connect/index.ts'
import { failure, near } from '../errors/index.ts'
import { type AsOf, replacePast } from '../sql/index.ts'
import { byHand } from './by-hand.ts'
import type { Opened } from './opened.ts'
import type { Project } from './project.ts'

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
    restore: async (asset, when) => {
      const versions = await caring()
      return byHand(rooms, {
        asset,
        trigger: 'restore',
        words: 'restored to an earlier version',
        act: run => versions.restore(asset, when, { run }),
        isChanged: ({ already }) => !already,
      })
    },
    repair: async asset => {
      const versions = await caring()
      return byHand(rooms, {
        asset,
        trigger: 'repair',
        words: 'files that are not there were taken from it',
        act: run => versions.repair(asset, { run }),
        isChanged: ({ version }) => version !== undefined,
      })
    },
  }
}

function versionsOf({ target }: Opened, { versions }: Store): Versions {
  if (versions === undefined) throw failure('SLUICE_LAKE_NONE', { target: target.describe })
  return versions
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
