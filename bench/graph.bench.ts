import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Asset, Declaration, History, Manifest, Request } from '../src/model/index.ts'
import { graphOf, upstreamOf } from '../src/plan/index.ts'
import type { Bench, Figure } from './bench.ts'
import { day, layered, nowMs, once, request, type Work } from './graph.work.ts'

const coldMsMax = 100
const warmMsMax = 25

/** What a graph costs by itself: nothing is parsed, nothing is bound, the engine sleeps. */
export const bench: Bench = {
  name: 'graph',
  gate: `compile and plan of 10,000 assets, both together: at most ${coldMsMax} ms cold, ${warmMsMax} ms warm`,
  run: async () => {
    const declarations = layered()
    const work: Work = { memo: { parsed: new Map(), bound: new Map() }, past: { assets: {} }, wish: request }
    const [first] = await once(declarations, work)
    const edges = first.assets.reduce((sum, { reads }) => sum + reads.length, 0)
    const figures: Figure[] = [
      figure(
        `best first of five processes, all new, ${edges.toLocaleString('en')} edges`,
        bestColdMs(),
        coldMsMax,
      ),
    ]
    for (const { what, past, wish } of cases(first)) {
      figures.push(figure(what, await median(declarations, { ...work, past, wish }), warmMsMax))
    }
    const forgetful = await median(declarations, { ...work, memo: undefined })
    return [...figures, { what: 'the same all new, nothing remembered', figure: forgetful, unit: 'ms' }]
  },
}

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

function bestColdMs(): number {
  const cold = () =>
    Number(execFileSync(process.execPath, ['--expose-gc', join(import.meta.dirname, 'graph.cold.ts')]))
  return Math.min(...Array.from({ length: 5 }, cold))
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
