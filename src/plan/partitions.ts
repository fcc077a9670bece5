import { failure } from '../errors/index.ts'
import type {
  Asset,
  AssetHistory,
  AssetName,
  History,
  PartitionHistory,
  PartitionKey,
  PartitionRange,
  PartitionScheme,
  Reason,
  Request,
} from '../model/index.ts'
import type { Beside } from './beside.ts'
import type { Graph } from './graph.ts'
import { type Grid, gridOf } from './grid.ts'
import { because, isElapsed } from './reason.ts'

export type PartitionsDue = {
  /** Neighbours of one reason, oldest first. */
  readonly ranges: readonly DueRange[]
  /**
   * The scheme has no `from` and something that bears on every partition changed: the step takes all rows at
   * once.
   */
  readonly whole: Reason | undefined
}

export type DueRange = { readonly range: PartitionRange; readonly reason: Reason }

export type DueRequest = Pick<Request, 'nowMs' | 'force' | 'chunkMax' | 'probes' | 'partitions'>

/**
 * Which partitions of an asset are missing or no longer what they should be, by what is known now. `run` asks
 * this again right before it starts a conditional step that has no partitions yet.
 *
 * A partition's version is the version its asset had when the partition last changed, so a partition is
 * behind a `same` upstream when that upstream's partition is newer than the upstream version it was built
 * from.
 */
export function partitionsDue(
  graph: Graph,
  history: History,
  asked: DueRequest & { readonly asset: AssetName },
): PartitionsDue {
  const i = graph.indexOf.get(asked.asset)
  const scheme = graph.assets[i ?? -1]?.partition
  if (i === undefined || scheme === undefined) return { ranges: [], whole: undefined }
  const { ranges, whole } = survey({ graph, history, i, scheme, request: asked })
  return { ranges, whole }
}

export type Ask = {
  readonly graph: Graph
  readonly history: History
  readonly i: number
  readonly scheme: PartitionScheme
  readonly request: DueRequest
  readonly beside?: Beside | undefined
}

export type Survey = PartitionsDue & {
  readonly grid: Grid
  /** Every partition that was looked at, in order. */
  readonly keys: readonly PartitionKey[]
  /** `keys` are all that there are, or all that were asked for. */
  readonly complete: boolean
  readonly due: ReadonlySet<PartitionKey>
}

/** As `partitionsDue`, with what `plan` needs besides. */
export function survey(ask: Ask): Survey {
  const { graph, history, i, scheme, request } = ask
  const grid = gridOf(scheme, graph.calendar)
  const asset = graph.assets[i] as Asset
  const past = history.assets[asset.name]
  const facts = factsOf(ask, asset, past)
  const listed = listOf(grid, request)
  const whole = listed === undefined ? wholeReason(facts) : undefined
  if (whole) return { ranges: [], whole, grid, keys: [], complete: true, due: new Set() }
  const keys = listed ?? knownKeys(grid, facts)
  const due = new Set<PartitionKey>()
  const ranges = joined({ keys, chunkMax: request.chunkMax, follows: follower(grid, listed) }, key => {
    const reason = reasonFor(key, facts, grid)
    if (reason) due.add(key)
    return reason
  })
  return { ranges, whole: undefined, grid, keys, complete: listed !== undefined, due }
}

function follower(grid: Grid, listed: readonly PartitionKey[] | undefined): Grid['follows'] {
  // Listed keys leave none out: neighbours in the list are neighbours.
  return listed === undefined ? grid.follows : () => true
}

function listOf(grid: Grid, request: DueRequest): readonly PartitionKey[] | undefined {
  const { partitions } = request
  if (partitions === undefined) return grid.all(request.nowMs)
  return grid.between(partitions.first, partitions.last)
}

/** A backfill's ends must be partitions of the asset. */
export function mustBeOnGrid(asset: Asset, grid: Grid, request: Request): void {
  const { partitions } = request
  const { partition } = asset
  if (partitions === undefined || partition === undefined) return
  const cut = partition.kind === 'static' ? 'value' : partition.unit
  for (const key of [partitions.first, partitions.last])
    if (!grid.isKey(key)) {
      const known = partition.kind === 'static' ? partition.values : []
      throw failure('SLUICE_PARTITION_OFF_GRID', { key, asset: asset.name, cut, known }, { at: asset.at })
    }
  if (grid.order(partitions.first, partitions.last) > 0)
    throw failure('SLUICE_PARTITION_BACKWARDS', { first: partitions.first, last: partitions.last })
}

type Runs = {
  readonly keys: readonly PartitionKey[]
  readonly chunkMax: number
  readonly follows: Grid['follows']
}

/** Neighbours of one reason, joined to ranges of at most `chunkMax`. */
export function joined(
  { keys, chunkMax, follows }: Runs,
  reasonOf: (key: PartitionKey) => Reason | undefined,
): readonly DueRange[] {
  const ranges: DueRange[] = []
  let open: DueRange | undefined
  for (const key of keys) {
    const reason = reasonOf(key)
    if (reason === undefined) {
      open = undefined
      continue
    }
    const { first, last, count } = open?.range ?? { first: key, last: key, count: 0 }
    const grows = open?.reason === reason && count < chunkMax && follows(last, key)
    open = {
      range: grows ? { first, last: key, count: count + 1 } : { first: key, last: key, count: 1 },
      reason,
    }
    if (grows) ranges[ranges.length - 1] = open
    else ranges.push(open)
  }
  return ranges
}

/**
 * What bears on partitions, read once per asset. One `Reason` object per reason, so that neighbours are told
 * by identity.
 */
type DueFacts = {
  readonly asset: Asset
  readonly past: AssetHistory | undefined
  readonly force: boolean
  /** Why a partition that was never built is due; undefined: it is not. */
  readonly missing: Reason | undefined
  readonly recoded: Reason
  /**
   * Time passed, or a source moved on or cannot say: partitions that could still grow when last built are
   * due.
   */
  readonly elapsed: Reason | undefined
  readonly upstream: readonly Upstream[]
}

type Upstream = {
  readonly name: AssetName
  readonly version: number
  /** undefined: the edge is `all`, or the upstream keeps no versions by partition. */
  readonly partitions: AssetHistory['partitions'] | undefined
  readonly reason: Reason
}

const isMissing: Reason = { code: 'partition missing', words: 'never built' }

function factsOf(
  { graph, history, i, request, beside }: Ask,
  asset: Asset,
  past: AssetHistory | undefined,
): DueFacts {
  const upstream: Upstream[] = []
  const reads = beside?.reads(i) ?? false
  for (const link of graph.upstream[i] ?? []) {
    const read = graph.assets[link.to] as Asset
    if (read.kind === 'source' || (reads && !beside?.isOwn(link.to))) continue
    const known = history.assets[read.name]
    const byPartition = link.same && known !== undefined && Object.keys(known.partitions).length > 0
    upstream.push({
      name: read.name,
      version: known?.version ?? 0,
      partitions: byPartition ? known.partitions : undefined,
      reason: { code: 'upstream changed', words: `\`${read.name}\` changed` },
    })
  }
  const isBuilt = past !== undefined && past.version > 0
  const missing = isBuilt ? isMissing : because.isNew
  if (reads) {
    const same = isBuilt && past.fingerprint === asset.fingerprint
    const due = { missing: same ? undefined : missing, recoded: because.other, elapsed: undefined }
    return { asset, past, force: false, ...due, upstream }
  }
  return {
    asset,
    past,
    force: request.force,
    missing,
    recoded: because.recoded,
    elapsed:
      because.elapsed({ graph, past: to => history.assets[graph.assets[to]?.name ?? ''], i, request }) ??
      stale(asset, past, request.nowMs),
    upstream,
  }
}

function stale(asset: Asset, past: AssetHistory | undefined, nowMs: number): Reason | undefined {
  return isElapsed(asset, past, nowMs) ? because.stale(asset) : undefined
}

/** Something that bears on all partitions of an asset whose partitions cannot be listed. */
function wholeReason(facts: DueFacts): Reason | undefined {
  const { asset, past, force, elapsed, upstream } = facts
  if (past === undefined || past.version === 0) return facts.missing
  if (past.fingerprint !== asset.fingerprint) return facts.recoded
  if (elapsed) return elapsed
  const changed = upstream.find(
    up => up.partitions === undefined && up.version !== (past.upstream[up.name] ?? 0),
  )
  return changed?.reason ?? (force ? because.forced : undefined)
}

function knownKeys(grid: Grid, { past, upstream }: DueFacts): readonly PartitionKey[] {
  const keys = new Set(Object.keys(past?.partitions ?? {}))
  for (const up of upstream) for (const key in up.partitions) keys.add(key)
  return [...keys].filter(grid.isKey).sort(grid.order)
}

function reasonFor(key: PartitionKey, facts: DueFacts, grid: Grid): Reason | undefined {
  const { asset, past, elapsed, force } = facts
  const built = recordOf(past?.partitions, key)
  if (built === undefined) return facts.missing
  if (built.fingerprint !== asset.fingerprint) return facts.recoded
  if (elapsed && grid.wasOpen(key, (past?.succeededAtMs ?? 0) - asset.lagMs)) return elapsed
  return behind(key, built, facts) ?? (force ? because.forced : undefined)
}

function behind(key: PartitionKey, built: PartitionHistory, { upstream }: DueFacts): Reason | undefined {
  for (const up of upstream) {
    const from = built.upstream[up.name] ?? 0
    const moved =
      up.partitions === undefined
        ? up.version !== from
        : // Lower than what was read: the upstream's memory was lost, and versions say nothing.
          up.version < from || (recordOf(up.partitions, key)?.version ?? 0) > from
    if (moved) return up.reason
  }
  return undefined
}

/** Static partitions are named by data: `constructor` is a value like any other. */
function recordOf(
  partitions: AssetHistory['partitions'] | undefined,
  key: PartitionKey,
): PartitionHistory | undefined {
  return partitions !== undefined && Object.hasOwn(partitions, key) ? partitions[key] : undefined
}
