import type { Asset, AssetHistory, Edge, History, Manifest, Request } from '../src/model/index.ts'
import { graphOf, plan, upstreamOf } from '../src/plan/index.ts'
import type { Bench, Figure } from './bench.ts'

const assetsMax = 10_000
const day = 86_400_000
const nowMs = Date.parse('2026-06-30T12:00:00Z')

/**
 * Layers as projects have them: one asset in ten ingested, the rest reading about three of what came before.
 */
function synthetic(): { manifest: Manifest; edges: number } {
  let seed = 42
  // The generator of Numerical Recipes: the graph is the same on every machine.
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed % below
  }
  // As compile leaves them: an edge holds the very string that its asset is called by.
  const names = Array.from({ length: assetsMax }, (_, i) => `s${i % 40}.asset_${i}`)
  const assets: Asset[] = []
  let edges = 0
  for (let i = 0; i < assetsMax; i++) {
    const ingest = i % 10 === 0
    const reads =
      ingest || i < 10 ? [] : [...new Set([next(i), next(i), Math.max(0, i - 1 - next(50)), next(i)])]
    edges += reads.length
    const edgesOf = reads.map((to): Edge => ({ asset: names[to] ?? '', partitions: 'all' }))
    assets.push(assetOf(i, names[i] ?? '', edgesOf))
  }
  return { manifest: { project: 'bench', assets, projectChecks: [], pools: {} }, edges }
}

function assetOf(i: number, name: string, reads: readonly Edge[]): Asset {
  const ingest = i % 10 === 0
  return {
    name,
    kind: ingest ? 'ingest' : 'sql',
    at: { file: `assets/s${i % 40}/asset_${i}.sql`, line: 1, column: 1, length: 0 },
    doc: '',
    tags: i % 7 === 0 ? ['daily'] : [],
    reads,
    columns: undefined,
    lineage: [],
    key: [],
    lagMs: 0,
    write: i % 25 === 1 ? 'view' : 'replace',
    checks: [],
    contract: { onNewColumn: 'add', onTypeChange: 'quarantine', onMissing: 'fail', onNull: 'quarantine' },
    trigger: 'none_failed_min_one_success',
    retry: { attemptsMax: 3, baseMs: 1000, capMs: 60_000, factor: 2 },
    timeoutMs: day,
    pool: '',
    nested: 'keep',
    fingerprint: `f${i}`,
    checksFingerprint: '',
    ...(ingest ? { everyMs: day } : {}),
  }
}

/** Everything built from what stands now. */
function settled(manifest: Manifest): History {
  const graph = graphOf(manifest)
  const past = (asset: Asset): AssetHistory => ({
    lastOutcome: 'success',
    succeededAtMs: nowMs - 1000,
    attemptedAtMs: nowMs - 1000,
    fingerprint: asset.fingerprint,
    checksFingerprint: '',
    version: 1,
    upstream: Object.fromEntries(upstreamOf(graph, asset.name).map(edge => [edge.asset, 1])),
    partitions: {},
    durationMs: 20,
  })
  return { assets: Object.fromEntries(manifest.assets.map(asset => [asset.name, past(asset)])) }
}

function timed(act: () => unknown): number {
  const startMs = performance.now()
  act()
  return performance.now() - startMs
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? 0
}

export const bench: Bench = {
  name: 'plan',
  gate: 'none of its own: its share of what bench/graph holds, with views among the assets',
  run: async () => {
    const { manifest, edges } = synthetic()
    const empty: History = { assets: {} }
    const done = settled(manifest)
    const request: Request = {
      select: [],
      exclude: [],
      force: false,
      chunkMax: 100,
      newestFirst: false,
      nowMs,
      probes: {},
    }
    const later = { ...request, nowMs: nowMs + day }
    const cold = timed(() => plan(manifest, empty, request))
    const warm = (act: () => unknown) => median(Array.from({ length: 15 }, () => timed(act)))
    const figures: readonly (readonly [string, number])[] = [
      [`first plan of the process, all new, ${assetsMax} assets, ${edges} edges`, cold],
      ['all new', warm(() => plan(manifest, empty, request))],
      ['all up to date', warm(() => plan(manifest, done, request))],
      ['a day later: every source due, all else conditional', warm(() => plan(manifest, done, later))],
      [
        'a selection with graph operators',
        warm(() => plan(manifest, done, { ...request, select: ['tag:daily,+s3.*+2'] })),
      ],
    ]
    return figures.map(([what, figure]): Figure => ({ what, figure, unit: 'ms' }))
  },
}
