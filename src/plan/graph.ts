import {
  type Asset,
  type AssetName,
  type Calendar,
  calendarOf,
  type Edge,
  type Manifest,
  type PartitionUnit,
} from '../model/index.ts'

/** The manifest by number: asset `i` is `assets[i]`, and every dependency of it has a smaller number. */
export type Graph = {
  readonly assets: readonly Asset[]
  readonly indexOf: ReadonlyMap<AssetName, number>
  /** As written: what each asset reads. */
  readonly reads: readonly (readonly Link[])[]
  /** What its rows depend on: `reads`, and what stands behind the views among them. */
  readonly upstream: readonly (readonly Link[])[]
  /** One calendar per unit and zone: reading a zone's rules costs more than planning an asset. */
  readonly calendar: (unit: PartitionUnit, zone: string) => Calendar
}

export type Link = { readonly to: number; readonly same: boolean }

export function graphOf(manifest: Manifest): Graph {
  const { assets } = manifest
  const indexOf = new Map<AssetName, number>()
  const reads: Link[][] = []
  const upstream: (readonly Link[])[] = []
  for (const [i, asset] of assets.entries()) {
    indexOf.set(asset.name, i)
    const direct: Link[] = []
    for (const edge of asset.reads) {
      const to = indexOf.get(edge.asset)
      if (to !== undefined) direct.push({ to, same: edge.partitions === 'same' })
    }
    reads.push(direct)
    upstream.push(behindViews(direct, assets, upstream))
  }
  return { assets, indexOf, reads, upstream, calendar: calendars() }
}

function calendars(): Graph['calendar'] {
  const made = new Map<string, Calendar>()
  return (unit, zone) => {
    const name = `${unit} ${zone}`
    const calendar = made.get(name) ?? calendarOf(unit, zone)
    made.set(name, calendar)
    return calendar
  }
}

function behindViews(
  direct: readonly Link[],
  assets: readonly Asset[],
  upstream: readonly (readonly Link[])[],
): readonly Link[] {
  if (!direct.some(link => assets[link.to]?.write === 'view')) return direct
  const found = new Map<number, boolean>()
  const add = (to: number, same: boolean) => found.set(to, same && (found.get(to) ?? true))
  for (const link of direct) {
    add(link.to, link.same)
    if (assets[link.to]?.write !== 'view') continue
    for (const behind of upstream[link.to] ?? []) add(behind.to, link.same && behind.same)
  }
  return Array.from(found, ([to, same]) => ({ to, same }))
}

/**
 * What an asset's rows depend on: its reads and, behind every view it reads, what the view reads. A view holds no rows, so
 * its own version says nothing about them.
 */
export function upstreamOf(graph: Graph, asset: AssetName): readonly Edge[] {
  const links = graph.upstream[graph.indexOf.get(asset) ?? -1] ?? []
  return links.map(link => ({
    asset: graph.assets[link.to]?.name ?? '',
    partitions: link.same ? 'same' : 'all',
  }))
}
