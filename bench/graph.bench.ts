import { compile, type Memo } from '../src/compile/index.ts'
import { failure } from '../src/errors/index.ts'
import type { Asset, Declaration, Facts, History, Manifest, Request } from '../src/model/index.ts'
import { graphOf, plan, upstreamOf } from '../src/plan/index.ts'
import type { Bench, Figure } from './bench.ts'

const assets = 10_000
const day = 86_400_000
const nowMs = Date.parse('2026-06-30T12:00:00Z')
const coldMsMax = 100
const warmMsMax = 25

/** What a graph costs by itself: nothing is parsed, nothing is bound, the engine sleeps. */
export const bench: Bench = {
  name: 'graph',
  gate: `compile and plan of 10,000 assets, both together: at most ${coldMsMax} ms cold, ${warmMsMax} ms warm`,
  run: async () => {
    const declarations = layered()
    const work: Work = { memo: { parsed: new Map(), bound: new Map() }, past: { assets: {} }, wish: request }
    const [first, coldMs] = await once(declarations, work)
    const edges = first.assets.reduce((sum, { reads }) => sum + reads.length, 0)
    const figures: Figure[] = [
      figure(`first of the process, all new, ${edges.toLocaleString('en')} edges`, coldMs, coldMsMax),
    ]
    for (const { what, past, wish } of cases(first)) {
      figures.push(figure(what, await median(declarations, { ...work, past, wish }), warmMsMax))
    }
    const forgetful = await median(declarations, { ...work, memo: undefined })
    return [...figures, { what: 'the same all new, nothing remembered', figure: forgetful, unit: 'ms' }]
  },
}

const request: Request = {
  select: [],
  exclude: [],
  force: false,
  chunkMax: 100,
  newestFirst: false,
  nowMs,
  probes: {},
}

type Work = { readonly memo: Memo | undefined; readonly past: History; readonly wish: Request }

type Case = { readonly what: string; readonly past: History; readonly wish: Request }

function cases(manifest: Manifest): readonly Case[] {
  const past = settled(manifest)
  const later = { ...request, nowMs: nowMs + day }
  return [
    { what: 'one asset edited, all new', past: { assets: {} }, wish: request },
    { what: 'one asset edited, all else up to date', past, wish: request },
    { what: 'a day later: every source due, all else conditional', past, wish: later },
    {
      what: 'a selection with graph operators',
      past,
      wish: { ...request, select: ['tag:daily,+s3.*+2'] },
    },
  ]
}

function figure(what: string, ms: number, atMost: number): Figure {
  return { what, figure: ms, unit: 'ms', gate: { of: 'figure', atMost } }
}

async function median(declarations: readonly Declaration[], work: Work): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 25; round++) times.push((await once(edited(declarations, round), work))[1])
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0
}

/** Another asset has other code each time: no answer can be that of the last call. */
function edited(declarations: readonly Declaration[], round: number): readonly Declaration[] {
  const at = (round * 997) % declarations.length
  return declarations.map((one, i) => (i === at ? { ...one, code: `${one.code} edited ${round}` } : one))
}

async function once(
  declarations: readonly Declaration[],
  { memo, past, wish }: Work,
): Promise<readonly [Manifest, number]> {
  const input = { project: 'bench', declarations, checkFiles: [], known: {}, analyzer }
  const startMs = performance.now()
  const { manifest, failures } = await compile(memo ? { ...input, memo } : input)
  const planned = plan(manifest, past, wish)
  const ms = performance.now() - startMs
  if (failures.length > 0 || planned.steps.length + planned.upToDate.length === 0) {
    throw failure('SLUICE_INTERNAL', { doing: 'the graph benchmark', words: 'the graph is not sound' })
  }
  return [manifest, ms]
}

const unused = () =>
  Promise.reject(failure('SLUICE_INTERNAL', { doing: 'the graph benchmark', words: 'there is no SQL' }))
const analyzer = { parse: unused, bind: unused, close: () => Promise.resolve() }

/** One asset in ten is ingested, the others read about four of what came before: near ones and far ones. */
function layered(): readonly Declaration[] {
  let seed = 42
  // The generator of Numerical Recipes: the graph is the same on every machine.
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed % below
  }
  return Array.from({ length: assets }, (_, i) => {
    const source = i % 10 === 0
    const reads =
      source || i < 10 ? [] : [...new Set([next(i), next(i), Math.max(0, i - 1 - next(50)), next(i)])]
    return declaration(i, reads.map(nameOf))
  })
}

const none: Facts = { key: [], tags: [], checks: [], columns: [] }

function declaration(i: number, reads: readonly string[]): Declaration {
  const name = nameOf(i)
  const at = { file: `assets/s${i % 40}/asset_${i}.ts`, line: 1, column: 1, length: 1 }
  const common = { name, at, code: `${name} as it is written`, spots: {} }
  const tags = i % 7 === 0 ? ['daily'] : []
  return i % 10 === 0
    ? {
        ...common,
        body: { kind: 'ingest', connector: 'http', describe: 'an API', options: { path: `/${i}` } },
        facts: { ...none, tags, everyMs: day },
      }
    : {
        ...common,
        body: { kind: 'rows', inputs: reads.map(asset => ({ as: asset, asset })) },
        facts: { ...none, tags },
      }
}

function nameOf(i: number): string {
  return `s${i % 40}.asset_${i}`
}

/** Everything was built from what stands now. */
function settled(manifest: Manifest): History {
  const graph = graphOf(manifest)
  const past = (asset: Asset) => ({
    lastOutcome: 'success' as const,
    succeededAtMs: nowMs - 1000,
    attemptedAtMs: nowMs - 1000,
    fingerprint: asset.fingerprint,
    checksFingerprint: asset.checksFingerprint,
    version: 1,
    upstream: Object.fromEntries(upstreamOf(graph, asset.name).map(edge => [edge.asset, 1])),
    partitions: {},
    durationMs: 20,
  })
  return { assets: Object.fromEntries(manifest.assets.map(asset => [asset.name, past(asset)])) }
}
