import { type Break, breaks } from '../compile/index.ts'
import type { Asset, AssetName, ColumnRef, Manifest, ShapedBy } from '../model/index.ts'

export type Direction = 'up' | 'down'

/** An asset on the way from, or to, another. */
export type LineageStep = {
  readonly asset: AssetName
  readonly kind: Asset['kind']
  /** Edges between it and where one started; the shortest way. */
  readonly depth: number
  /** The asset one edge nearer to the start. */
  readonly via: AssetName
}

/** What an asset is made from (`up`), or what is made from it (`down`): nearest first, each once. */
export function lineage(
  manifest: Manifest,
  asset: AssetName,
  options: { readonly direction: Direction; readonly depthMax?: number },
): readonly LineageStep[] {
  const next = neighbours(manifest, options.direction)
  const kinds = new Map(manifest.assets.map(({ name, kind }) => [name, kind]))
  const walked = walk(
    { key: asset, value: asset },
    name => (next.get(name) ?? []).map(to => ({ key: to, value: to })),
    options,
  )
  return walked.map(({ value, depth, via }) => ({
    asset: value,
    kind: kinds.get(value) ?? 'source',
    depth,
    via,
  }))
}

function neighbours(
  { assets }: Manifest,
  direction: Direction,
): ReadonlyMap<AssetName, readonly AssetName[]> {
  const edges = assets.flatMap(({ name, reads }) => reads.map(edge => ({ above: edge.asset, below: name })))
  const from = direction === 'up' ? ('below' as const) : ('above' as const)
  const to = direction === 'up' ? ('above' as const) : ('below' as const)
  const found = new Map<AssetName, Set<AssetName>>()
  for (const edge of edges) {
    const known = found.get(edge[from]) ?? new Set()
    found.set(edge[from], known.add(edge[to]))
  }
  return new Map([...found].map(([name, set]) => [name, [...set].sort()]))
}

/** A column whose values flow into, or out of, another. */
export type ColumnStep = ColumnRef & {
  readonly how: 'identity' | 'transformation' | 'aggregation'
  readonly depth: number
  readonly via: ColumnRef
}

export type ColumnLineageView = {
  /** Columns by the flow of values: nearest first, each once. */
  readonly columns: readonly ColumnStep[]
  /**
   * Up: columns that decide which rows the start has. Down: columns whose rows the start decides. One edge
   * away only.
   */
  readonly shaped: readonly (ColumnRef & { readonly how: ShapedBy })[]
}

/** Where a column comes from, or where it goes. The manifest must have been compiled with lineage. */
export function columnLineage(
  manifest: Manifest,
  column: ColumnRef,
  options: { readonly direction: Direction; readonly depthMax?: number },
): ColumnLineageView {
  const flows = flowsOf(manifest)
  const near = flows.get(options.direction)
  const steps = walk(
    { key: refKey(column), value: { ...column, how: 'identity' as const } },
    key => (near?.get(key) ?? []).map(to => ({ key: refKey(to), value: to })),
    options,
  )
  const columns = steps.map(({ value, depth, via }) => ({
    ...value,
    depth,
    via: { asset: via.asset, column: via.column },
  }))
  return { columns, shaped: shapedOf(manifest, column, options.direction) }
}

type Flow = ColumnRef & { readonly how: ColumnStep['how'] }

function flowsOf({ assets }: Manifest): ReadonlyMap<Direction, ReadonlyMap<string, readonly Flow[]>> {
  const up = new Map<string, Flow[]>()
  const down = new Map<string, Flow[]>()
  for (const { name, lineage: own } of assets) {
    for (const { column, from } of own) {
      const here = { asset: name, column }
      for (const { asset, column: source, how } of from) {
        const there = { asset, column: source }
        push(up, refKey(here), { ...there, how })
        push(down, refKey(there), { ...here, how })
      }
    }
  }
  return new Map([
    ['up', up],
    ['down', down],
  ])
}

function push(map: Map<string, Flow[]>, key: string, flow: Flow): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [flow])
  else list.push(flow)
}

function shapedOf({ assets }: Manifest, start: ColumnRef, direction: Direction): ColumnLineageView['shaped'] {
  const edges = assets.flatMap(({ name, lineage: own }) =>
    own.flatMap(({ column, shapedBy }) => shapedBy.map(by => ({ here: { asset: name, column }, by }))),
  )
  const found = new Map<string, ColumnRef & { readonly how: ShapedBy }>()
  for (const { here, by } of edges) {
    const [from, to] = direction === 'up' ? [here, by] : [by, here]
    if (refKey(from) !== refKey(start)) continue
    found.set(`${refKey(to)} ${by.how}`, { asset: to.asset, column: to.column, how: by.how })
  }
  return [...found.values()]
}

/** Names are compared as SQL compares them. */
function refKey({ asset, column }: ColumnRef): string {
  return `${asset} ${column}`.toLowerCase()
}

type Node<T> = { readonly key: string; readonly value: T }
type Walked<T> = { readonly value: T; readonly depth: number; readonly via: T }

/** Breadth first, each node once, without the start. */
function walk<T>(
  start: Node<T>,
  next: (key: string) => readonly Node<T>[],
  { depthMax = Number.POSITIVE_INFINITY }: { readonly depthMax?: number },
): readonly Walked<T>[] {
  const seen = new Set([start.key])
  const found: Walked<T>[] = []
  let edge: readonly Node<T>[] = [start]
  for (let depth = 1; depth <= depthMax && edge.length > 0; depth++) {
    const further: Node<T>[] = []
    const reached = edge.flatMap(from => next(from.key).map(to => ({ from, to })))
    for (const { from, to } of reached) {
      if (seen.has(to.key)) continue
      seen.add(to.key)
      further.push(to)
      found.push({ value: to.value, depth, via: from.value })
    }
    edge = further
  }
  return found
}

export type ImpactView = {
  /** Everything that breaks or may mean something else, with file and line. */
  readonly breaks: readonly Break[]
  /** Assets among them, each once. */
  readonly assets: readonly AssetName[]
}

/**
 * What breaks if a column goes; without one, if the whole asset goes. The manifest must have been compiled
 * with lineage.
 */
export function impact(manifest: Manifest, asset: AssetName, column?: string): ImpactView {
  const own = manifest.assets.find(({ name }) => name === asset)?.columns ?? []
  const gone =
    column === undefined ? own : own.filter(({ name }) => name.toLowerCase() === column.toLowerCase())
  const changes = gone.map(({ name, type }) => ({ kind: 'missing column', column: name, type }) as const)
  const found = breaks(manifest, asset, changes)
  return { breaks: found, assets: [...new Set(found.map(one => one.asset))] }
}
