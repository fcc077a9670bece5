import { failure } from '../errors/index.ts'
import type {
  Asset,
  AssetHistory,
  History,
  Manifest,
  PartitionRange,
  Plan,
  Reason,
  Request,
  Step,
  UpToDate,
} from '../model/index.ts'
import { type Beside, besideOf } from './beside.ts'
import { type Graph, graphOf, type Link } from './graph.ts'
import { gridOf } from './grid.ts'
import { joined, mustBeOnGrid, survey } from './partitions.ts'
import { durationWords, reasonOf } from './reason.ts'
import { selected } from './select.ts'
import { isPartitioned } from './where.ts'

/**
 * What would run, why, in which order and over which partitions; and what would not, and why not. Same
 * manifest, history and request: same plan, byte for byte.
 *
 * An asset that is up to date by itself but reads one that will be built is planned too, as `conditional`:
 * whether it runs is known only when that one has or has not got a new version. A conditional step of a
 * partitioned asset has no partitions when nobody can know before which will change; then `partitionsDue`
 * says so right before it starts.
 */
export function plan(manifest: Manifest, history: History, request: Request): Plan {
  const graph = graphOf(manifest)
  const wanted = selected(graph, request, history)
  const known = graph.assets.map(asset => history.assets[asset.name])
  const drafts = graph.assets.map(() => none)
  const beside = besideOf(graph, request)
  const work: Work = { graph, history, request, beside, drafts, past: i => known[i], mayChanges: new Map() }
  const steps: Step[] = []
  const upToDate: UpToDate[] = []
  for (let i = 0; i < graph.assets.length; i++) {
    if (wanted !== undefined && !wanted.has(i)) continue
    const made = draftsOf(i, work)
    if (made.length === 0) upToDate.push(notDue(i, work))
    drafts[i] = made
    const ordered = request.newestFirst ? made.toReversed() : made
    for (let at = 0; at < ordered.length; at++) steps.push(stepOf(i, ordered[at] as Draft, work))
  }
  mustCover(wanted, work)
  mustBeReadable(work)
  return { steps, upToDate, expected: expected(steps, drafts) }
}

/** Sum and longest path of the durations that history knows. */
function expected(steps: readonly Step[], drafts: readonly (readonly Draft[])[]): Plan['expected'] {
  let workMs = 0
  let unknown = 0
  steps.forEach(({ expectedMs }) => {
    if (expectedMs === undefined) unknown++
    else workMs += expectedMs
  })
  let wallMs = 0
  drafts.forEach(made => {
    wallMs = Math.max(wallMs, lastEnd(made))
  })
  return { workMs, wallMs, unknown }
}

/** A step before its needs are known. An asset's drafts stand in the order of their partitions. */
type Draft = {
  readonly id: string
  readonly partitions: PartitionRange | undefined
  readonly action: Step['action']
  readonly reason: Reason
  readonly conditional: boolean
  /** Once it is a step: when it ends, if all known durations hold and nothing waits for a slot. */
  endMs: number
}

type Work = {
  readonly graph: Graph
  readonly history: History
  readonly request: Request
  readonly beside: Beside | undefined
  /** By number of the asset. */
  readonly drafts: readonly (readonly Draft[])[]
  readonly past: (i: number) => AssetHistory | undefined
  /** One reason per asset that may change: thousands may wait for the same one. */
  readonly mayChanges: Map<number, Reason>
}

const none: readonly Draft[] = []

const builds = ({ action }: Draft) => action === 'build'

function draftsOf(i: number, work: Work): readonly Draft[] {
  const asset = work.graph.assets[i] as Asset
  if (work.beside?.keepsIn(i)) return none
  const partitioned = isPartitioned(asset)
  // A backfill is about partitions; what has none is left as it is, and planned again when it is next asked
  // for.
  if (work.request.partitions !== undefined && !partitioned) return none
  const builds = partitioned ? partitionDrafts(i, work) : wholeDrafts(i, work)
  return builds.some(draft => !draft.conditional) ? builds : audited(i, builds, work)
}

/** Nothing is built for certain: are there checks that never looked at these rows? */
function audited(i: number, builds: readonly Draft[], work: Work): readonly Draft[] {
  const { request } = work
  const asset = work.graph.assets[i] as Asset
  const past = work.past(i)
  const isThere = asset.kind === 'source' ? asset.checks.length > 0 : past !== undefined && past.version > 0
  if (!isThere || request.partitions !== undefined) return builds
  const reason = auditReason(asset, past)
  if (reason === undefined) return builds
  // One step, not an audit before a build that audits again.
  if (builds.length > 0 && !isPartitioned(asset)) return [whole(asset, reason)]
  return [{ ...whole(asset, reason), id: `${asset.name}[audit]`, action: 'audit' }, ...builds]
}

function auditReason(asset: Asset, past: AssetHistory | undefined): Reason | undefined {
  if (past?.checksFingerprint !== asset.checksFingerprint)
    return { code: 'checks changed', words: 'its checks changed' }
  // A partitioned asset that failed and has every partition failed in its checks.
  const failed = past?.lastOutcome === 'failed' && (asset.kind === 'source' || isPartitioned(asset))
  return failed ? { code: 'failed before', words: 'its last step failed' } : undefined
}

function whole(asset: Asset, reason: Reason, conditional = false): Draft {
  return { id: asset.name, partitions: undefined, action: 'build', reason, conditional, endMs: 0 }
}

function wholeDrafts(i: number, work: Work): readonly Draft[] {
  const asset = work.graph.assets[i] as Asset
  const { graph, past, request, beside } = work
  const reason = reasonOf({ graph, past, i, request, beside })
  if (reason) return [whole(asset, reason)]
  return asset.kind === 'source' ? none : conditionalDrafts(i, work)
}

function conditionalDrafts(i: number, work: Work): readonly Draft[] {
  const asset = work.graph.assets[i] as Asset
  const changing =
    asset.write === 'view'
      ? (work.graph.reads[i] ?? []).find(link => mayChangeShape(link, work))
      : (work.graph.upstream[i] ?? []).find(link => isBuilt(link, work))
  return changing ? [whole(asset, mayChange(changing, work), true)] : none
}

function mayChange({ to }: Link, { graph, mayChanges }: Work): Reason {
  const words = `\`${graph.assets[to]?.name}\` may change`
  const reason = mayChanges.get(to) ?? { code: 'upstream changed', words }
  mayChanges.set(to, reason)
  return reason
}

function isBuilt(link: Link, { drafts }: Work): boolean {
  return (drafts[link.to] ?? none).some(builds)
}

/**
 * A view shows new rows by itself, but engines refuse one whose table got other columns since it was made.
 */
function mayChangeShape(link: Link, work: Work): boolean {
  const read = work.graph.assets[link.to] as Asset
  const builds = (work.drafts[link.to] ?? none).filter(draft => draft.action === 'build')
  if (builds.length === 0) return false
  if (read.write === 'view' || read.kind === 'rows') return true
  if (read.kind === 'ingest')
    return read.contract.onNewColumn === 'add' || read.contract.onTypeChange === 'add'
  return builds.some(({ reason }) => reason.code !== 'stale' && reason.code !== 'forced')
}

function partitionDrafts(i: number, work: Work): readonly Draft[] {
  const { graph, history, request, beside } = work
  const asset = graph.assets[i] as Asset
  const { partition: scheme } = asset
  if (scheme === undefined) return none
  mustBeOnGrid(asset, gridOf(scheme, graph.calendar), request)
  const found = survey({ graph, history, i, scheme, request, beside })
  if (found.whole) return [whole(asset, found.whole)]
  const certain = found.ranges.map(({ range, reason }) =>
    draftOf(asset, range, { reason, conditional: false }),
  )
  const changing = (graph.upstream[i] ?? []).filter(link => isBuilt(link, work))
  const first = changing[0]
  if (first === undefined || (found.complete && found.due.size === found.keys.length)) return certain
  const reason = mayChange(first, work)
  const open = changing.some(link => !link.same || isOpen(link, work))
  if (open && request.partitions === undefined) {
    const rest: Draft = { ...whole(asset, reason, true), id: `${asset.name}[changed]` }
    return [...certain, rest]
  }
  const touched = open ? found.keys : touchedBy(changing, work, found.grid)
  const keys = new Set(found.complete ? found.keys : touched)
  const may = touched.filter(key => keys.has(key) && !found.due.has(key))
  const runs = { keys: may, chunkMax: request.chunkMax, follows: found.grid.follows }
  const conditional = joined(runs, () => reason).map(({ range }) =>
    draftOf(asset, range, { reason, conditional: true }),
  )
  return [...certain, ...conditional].sort((a, b) => found.grid.order(firstOf(a), firstOf(b)))
}

function draftOf(
  asset: Asset,
  partitions: PartitionRange,
  why: Pick<Draft, 'reason' | 'conditional'>,
): Draft {
  const { first, last } = partitions
  const id = `${asset.name}[${first === last ? first : `${first}..${last}`}]`
  return { id, partitions, action: 'build', ...why, endMs: 0 }
}

function firstOf(draft: Draft): string {
  return draft.partitions?.first ?? ''
}

/** Will it be built without anybody knowing which partitions? */
function isOpen(link: Link, { drafts }: Work): boolean {
  return (drafts[link.to] ?? none).some(draft => draft.action === 'build' && draft.partitions === undefined)
}

function touchedBy(
  links: readonly Link[],
  { drafts }: Work,
  grid: ReturnType<typeof gridOf>,
): readonly string[] {
  const keys = new Set<string>()
  for (const link of links)
    for (const { partitions } of drafts[link.to] ?? none) {
      if (partitions === undefined) continue
      for (const key of grid.between(partitions.first, partitions.last)) keys.add(key)
    }
  return [...keys].sort(grid.order)
}

function stepOf(i: number, draft: Draft, work: Work): Step {
  const asset = work.graph.assets[i] as Asset
  const past = work.past(i)
  const before = beforeOf(i, draft, work)
  const expectedMs =
    past?.durationMs === undefined ? undefined : past.durationMs * (draft.partitions?.count ?? 1)
  draft.endMs = lastEnd(before) + (expectedMs ?? 0)
  return {
    id: draft.id,
    asset: asset.name,
    partitions: draft.partitions,
    action: draft.action,
    reason: draft.reason,
    conditional: draft.conditional,
    needs: before.map(idOf),
    write: asset.write,
    expectedMs,
  }
}

/**
 * Builds of what its rows depend on and of what its checks look at. By number, here and in what follows:
 * until it is optimised, `for … of` makes an object at each turn. First in a process, that and the lists in
 * between took half of a plan's time over 36,000 edges (bench/graph).
 */
function beforeOf(i: number, { action, partitions }: Draft, work: Work): readonly Draft[] {
  const { graph, drafts } = work
  const before: Draft[] = []
  const upstream = action === 'audit' ? [] : (graph.upstream[i] as readonly Link[])
  for (let at = 0; at < upstream.length; at++) {
    const { to, same } = upstream[at] as Link
    const made = drafts[to] as readonly Draft[]
    addBuilds(same && partitions !== undefined ? overlapping(made, partitions, i, work) : made, before)
  }
  const after = graph.after[i] as readonly number[]
  for (let at = 0; at < after.length; at++) addBuilds(drafts[after[at] as number] as readonly Draft[], before)
  return before
}

function addBuilds(drafts: readonly Draft[], to: Draft[]): void {
  for (let at = 0; at < drafts.length; at++) {
    const draft = drafts[at] as Draft
    if (draft.action === 'build') to.push(draft)
  }
}

function lastEnd(drafts: readonly Draft[]): number {
  let lastMs = 0
  for (let at = 0; at < drafts.length; at++) lastMs = Math.max(lastMs, (drafts[at] as Draft).endMs)
  return lastMs
}

const idOf = ({ id }: Draft) => id

/**
 * Builds of a `same` upstream that touch the range, and those of which nobody knows. Ranges are disjoint and
 * in order.
 */
function overlapping(...args: readonly [readonly Draft[], PartitionRange, number, Work]): readonly Draft[] {
  const [builds, range, i, { graph }] = args
  const scheme = graph.assets[i]?.partition
  if (scheme === undefined || builds.length === 0) return builds
  const { order } = gridOf(scheme, graph.calendar)
  const cut = builds.filter(build => build.partitions !== undefined)
  const open = builds.filter(build => build.partitions === undefined)
  let low = 0
  let high = cut.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (order(cut[middle]?.partitions?.last ?? '', range.first) < 0) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < cut.length && order(cut[end]?.partitions?.first ?? '', range.last) <= 0) end++
  return [...cut.slice(low, end), ...open]
}

function notDue(i: number, work: Work): UpToDate {
  const asset = work.graph.assets[i] as Asset
  if (work.beside?.keepsIn(i))
    return { asset: asset.name, words: 'pushed by the base; name it to push it from here', inBase: true }
  if (work.beside?.reads(i)) return { asset: asset.name, words: 'as in the base', inBase: true }
  return { asset: asset.name, words: whyNot(asset, work) }
}

function whyNot(asset: Asset, { history, request }: Work): string {
  if (request.partitions !== undefined && !isPartitioned(asset)) return 'it is not built by partition'
  if (asset.kind === 'source') return 'something else makes it'
  if (asset.kind === 'ingest') {
    if (Object.hasOwn(request.probes, asset.name)) return 'its source has not changed'
    const dueMs = (history.assets[asset.name]?.succeededAtMs ?? 0) + (asset.everyMs ?? 0) - request.nowMs
    return `next due in ${durationWords(Math.max(1000, Math.ceil(dueMs / 1000) * 1000))}`
  }
  return asset.reads.length === 0 ? 'its code has not changed' : 'nothing it reads has changed'
}

/** A backfill that would do nothing because nothing selected has partitions, or none there, is a mistake. */
function mustCover(wanted: ReadonlySet<number> | undefined, { graph, request }: Work): void {
  const { partitions } = request
  if (partitions === undefined) return
  const schemes = graph.assets.filter((asset, i) => (wanted?.has(i) ?? true) && isPartitioned(asset))
  const covered = schemes.some(
    ({ partition }) =>
      partition && gridOf(partition, graph.calendar).between(partitions.first, partitions.last).length > 0,
  )
  if (covered) return
  throw failure('SLUICE_BACKFILL_NOTHING', {
    ...partitions,
    assets: schemes.map(asset => asset.name).slice(0, 3),
  })
}

/** What will be built must find what it reads: built before, built now, or made elsewhere. */
function mustBeReadable({ graph, drafts, past }: Work): void {
  for (let i = 0; i < drafts.length; i++) {
    const reads = (drafts[i] as readonly Draft[]).length === 0 ? [] : (graph.reads[i] as readonly Link[])
    for (let at = 0; at < reads.length; at++) {
      const { to } = reads[at] as Link
      if ((drafts[to] as readonly Draft[]).length > 0 || (past(to)?.version ?? 0) > 0) continue
      const read = graph.assets[to] as Asset
      if (read.kind === 'source') continue
      const asset = graph.assets[i] as Asset
      throw failure('SLUICE_PLAN_UPSTREAM_MISSING', { asset: asset.name, reads: read.name }, { at: asset.at })
    }
  }
}
