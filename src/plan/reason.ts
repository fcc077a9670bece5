import type { Asset, AssetHistory, Reason, Request } from '../model/index.ts'
import type { Beside } from './beside.ts'
import type { Graph } from './graph.ts'

export type Case = {
  readonly graph: Graph
  /** What is known of asset `i`. */
  readonly past: (i: number) => AssetHistory | undefined
  readonly i: number
  readonly request: Pick<Request, 'nowMs' | 'force' | 'again' | 'probes'>
  readonly beside?: Beside | undefined
}

/**
 * Why an asset that is built as a whole would be built, if at all: the first of new · code changed · source
 * changed · source cannot say · stale · failed before · upstream changed · forced. (`checks changed` builds
 * nothing and comes after.)
 */
export function reasonOf(given: Case): Reason | undefined {
  const asset = given.graph.assets[given.i] as Asset
  if (asset.kind === 'source') return undefined
  const past = given.past(given.i)
  const reads = given.beside?.reads(given.i) ?? false
  const own = fromItself(asset, past, reads)
  if (own) return own
  if (reads) return failedBefore(past) ?? (asset.write === 'view' ? undefined : fromUpstream(given))
  if (asset.write === 'view') return failedBefore(past) ?? forced(asset, given.request)
  return (
    (asset.kind === 'ingest' ? fromSource(asset, past, given.request) : because.elapsed(given)) ??
    (because.mayBeStale(asset, given.request) && isElapsed(asset, past, given.request.nowMs)
      ? because.stale(asset)
      : undefined) ??
    failedBefore(past) ??
    fromUpstream(given) ??
    forced(asset, given.request)
  )
}

function fromItself(asset: Asset, past: AssetHistory | undefined, inBase: boolean): Reason | undefined {
  if (past === undefined) return because.isNew
  if (past.version === 0) {
    const failed = past.lastOutcome === 'failed'
    return failed ? { code: 'new', words: 'never built: the last attempt failed' } : because.isNew
  }
  if (past.fingerprint !== asset.fingerprint) return inBase ? because.other : because.recoded
  return undefined
}

/** An ingest's own source: its probe decides where it has one; else `every` does; else it has to be read. */
function fromSource(
  asset: Asset,
  past: AssetHistory | undefined,
  { probes }: Case['request'],
): Reason | undefined {
  const probe = probeOf(probes, asset)
  if (probe !== undefined)
    return probe === past?.probe ? undefined : { code: 'source changed', words: 'its source changed' }
  if (asset.everyMs !== undefined) return undefined
  return { code: 'source cannot say', words: 'its source cannot say whether it changed' }
}

function fromUpstream({ graph, past, i, beside }: Case): Reason | undefined {
  const read = past(i)?.upstream
  for (const { to } of graph.upstream[i] ?? []) {
    const { kind, name } = graph.assets[to] as Asset
    if (beside?.reads(i) && !beside.isOwn(to)) continue
    if (kind !== 'source' && (past(to)?.version ?? 0) !== (read?.[name] ?? 0))
      return { code: 'upstream changed', words: `\`${name}\` changed` }
  }
  return undefined
}

function failedBefore(past: AssetHistory | undefined): Reason | undefined {
  return past?.lastOutcome === 'failed' ? { code: 'failed before', words: 'its last step failed' } : undefined
}

function forced({ name }: Asset, { force, again }: Case['request']): Reason | undefined {
  return force || again?.includes(name) ? because.forced : undefined
}

/** `every` has passed since the last success, or the clock was set back to before it. */
export function isElapsed(asset: Asset, past: AssetHistory | undefined, nowMs: number): boolean {
  if (asset.everyMs === undefined) return false
  const at = past?.succeededAtMs
  return at === undefined || nowMs - at >= asset.everyMs || at > nowMs
}

function probeOf(probes: Request['probes'], asset: Asset): string | undefined {
  return Object.hasOwn(probes, asset.name) ? probes[asset.name] : undefined
}

/** Reasons that whole assets and partitions share. */
export const because = {
  isNew: { code: 'new', words: 'never built' },
  recoded: { code: 'code changed', words: 'its code changed' },
  other: { code: 'code changed', words: 'its code is not that of the base' },
  forced: { code: 'forced', words: 'asked for' },

  /**
   * A source can say for itself whether there is anything new; time passing is no reason to read it again.
   */
  mayBeStale: (asset: Asset, { probes }: Pick<Request, 'probes'>): boolean =>
    asset.kind !== 'ingest' || probeOf(probes, asset) === undefined,

  stale: (asset: Asset): Reason => ({
    code: 'stale',
    words: `not built for ${durationWords(asset.everyMs ?? 0)}`,
  }),

  /**
   * A table that something else makes stands behind it: nobody keeps its version, so only its probe can say.
   */
  elapsed: ({ graph, past, i, request }: Case): Reason | undefined => {
    if (!graph.hasSources) return undefined
    const everyMs = graph.assets[i]?.everyMs
    for (const link of graph.upstream[i] ?? []) {
      const read = graph.assets[link.to] as Asset
      if (read.kind !== 'source') continue
      const probe = probeOf(request.probes, read)
      if (probe !== undefined && probe === past(link.to)?.probe) continue
      if (probe !== undefined) return { code: 'source changed', words: `\`${read.name}\` changed` }
      if (everyMs === undefined)
        return { code: 'source cannot say', words: `\`${read.name}\` cannot say whether it changed` }
    }
    return undefined
  },
} as const

const units: readonly (readonly [name: string, ms: number])[] = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

/** In the largest unit that goes into it: `15 minutes`, `1 day`. */
export function durationWords(ms: number): string {
  const [name, size] = units.find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? ['ms', 1]
  const count = ms / size
  return name === 'ms' || count === 1 ? `${count} ${name}` : `${count} ${name}s`
}
