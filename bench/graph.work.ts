import { compile, type Memo } from '../src/compile/index.ts'
import { failure } from '../src/errors/index.ts'
import type { Declaration, Facts, History, Manifest, Request } from '../src/model/index.ts'
import { plan } from '../src/plan/index.ts'
import { hash } from '../src/project/index.ts'

const assets = 10_000
export const day = 86_400_000
export const nowMs = Date.parse('2026-06-30T12:00:00Z')

export const request: Request = {
  select: [],
  exclude: [],
  force: false,
  chunkMax: 100,
  newestFirst: false,
  nowMs,
  probes: {},
}

/** One call of compile and plan. */
export type Work = { readonly memo: Memo | undefined; readonly past: History; readonly wish: Request }

/** The manifest, and how long both took. */
export async function once(
  declarations: readonly Declaration[],
  { memo, past, wish }: Work,
): Promise<readonly [Manifest, number]> {
  const input = { project: 'bench', declarations, checkFiles: [], known: {}, analyzer, hash }
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

/**
 * One asset in ten is ingested, the others read about four of what came before: near ones and far ones. In
 * the order of their names, as a project lists its files.
 */
export function layered(): readonly Declaration[] {
  let seed = 42
  // The generator of Numerical Recipes: the graph is the same on every machine.
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed % below
  }
  const made = Array.from({ length: assets }, (_, i) => {
    const source = i % 10 === 0
    const reads =
      source || i < 10 ? [] : [...new Set([next(i), next(i), Math.max(0, i - 1 - next(50)), next(i)])]
    return declaration(i, reads.map(nameOf))
  })
  made.sort((a, b) => (a.name < b.name ? -1 : 1))
  return atRest(made)
}

/** As if read from files a while ago: texts are flat, and the collector has nothing of ours left to move. */
function atRest(declarations: readonly Declaration[]): readonly Declaration[] {
  const flat = JSON.parse(JSON.stringify(declarations)) as readonly Declaration[]
  globalThis.gc?.()
  return flat
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
