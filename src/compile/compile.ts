import { type Failure, failure } from '../errors/index.ts'
import type { Asset, Declaration, Manifest, ProjectCheck } from '../model/index.ts'
import { type Waiting, waitingOf } from './after.ts'
import { assetOf } from './assemble.ts'
import { type Bindings, bindAll } from './bind.ts'
import type { Order } from './graph.ts'
import { legal } from './legal.ts'
import { type Node, type Nodes, nodesOf } from './nodes.ts'
import { type Assembled, recalled, sameAsset } from './recall.ts'
import { type Names, namesOf } from './resolve.ts'
import type { Compiled, CompileInput, Hash } from './types.ts'

/**
 * Declarations → manifest. Same input, same bytes out, whatever the order of the files. Every error of the
 * project is collected; what stands above an error is not blamed for it.
 */
export async function compile(input: CompileInput): Promise<Compiled> {
  const { names, failures: doubled } = namesOf(input.declarations, input.memo?.last?.names)
  const last = recalled(names, input)
  const nodes = await nodesOf(names, input, last)
  const waiting = waitingOf(
    names,
    nodes.assets.map(({ numbers }) => numbers),
  )
  const { graph } = waiting
  const circular = new Set(graph.cycles.flat())
  const bindings = await bindAll({ names, nodes, input }, { order: graph.order, circular })
  const built = build({ names, nodes, input }, { ...waiting, bindings, last })
  const failures = [
    ...doubled,
    ...nodes.failures,
    ...cycleFailures(graph, nodes),
    ...bindings.failures,
    ...built.failures,
  ]
  return { manifest: built.manifest, failures: failures.sort(byPlace), notes: bindings.notes }
}

function build(
  project: { readonly names: Names; readonly nodes: Nodes; readonly input: CompileInput },
  found: Waiting & { readonly bindings: Bindings; readonly last: Assembled | undefined },
): { readonly manifest: Manifest; readonly failures: readonly Failure[] } {
  const { names, nodes, input } = project
  const pools = input.pools ?? {}
  const { columns, lineage } = found.bindings
  const now = { names, nodes: nodes.assets, columns, lineage, after: found.after }
  const failures: Failure[] = []
  const assets: Asset[] = []
  const sound: (Asset | undefined)[] = names.declarations.map(() => undefined)
  for (const number of found.graph.order) {
    const same = sameAsset(found.last, number, now)
    const made = same ? { asset: same, failures: [] } : assembled(number, project, found)
    assets.push(made.asset)
    if (made.failures.length === 0) sound[number] = made.asset
    else failures.push(...made.failures)
  }
  if (input.memo) input.memo.last = { ...now, pools: input.pools, assets: sound }
  const severities = new Map(input.checkFiles.map(({ name, severity }) => [name, severity]))
  const projectChecks = nodes.checks.map(node => projectCheck(node, { names, severities, hash: input.hash }))
  return { manifest: { project: input.project, assets, projectChecks, pools }, failures }
}

function assembled(
  number: number,
  { names, nodes, input }: { readonly names: Names; readonly nodes: Nodes; readonly input: CompileInput },
  { bindings: { columns, lineage }, after }: Pick<Waiting, 'after'> & { readonly bindings: Bindings },
): { readonly asset: Asset; readonly failures: readonly Failure[] } {
  const declaration = names.declarations[number] as Declaration
  const checked = legal(declaration, { names, columns: columns[number], pools: input.pools ?? {} })
  const node = nodes.assets[number] as Node
  const parts = {
    node,
    legal: checked,
    lineage: lineage[number],
    all: names.declarations,
    after: after[number] ?? none,
    hash: input.hash,
  }
  return { asset: assetOf(declaration, parts), failures: checked.failures }
}

const none: readonly never[] = []

type Around = {
  readonly names: Names
  readonly severities: ReadonlyMap<string, ProjectCheck['severity']>
  readonly hash: Hash
}

function projectCheck(node: Node, { names, severities, hash }: Around): ProjectCheck {
  const severity = severities.get(node.name) ?? 'error'
  const reads = new Set(node.reads.map(({ number }) => names.declarations[number]?.name ?? ''))
  const fingerprint = hash(JSON.stringify([node.normal, severity]))
  return { name: node.name, at: node.at, sql: node.sql ?? '', reads: [...reads], severity, fingerprint }
}

/** Named by path, with the place of every step of the way. */
function cycleFailures({ cycles }: Order, { assets }: Nodes): readonly Failure[] {
  return cycles.map(cycle => {
    const path = cycle.map(number => assets[number]?.name ?? '')
    const steps = cycle.slice(0, -1).map((number, index) => {
      const next = cycle[index + 1]
      const at = assets[number]?.reads.find(read => read.number === next)?.at
      return { text: `\`${path[index]}\` reads \`${path[index + 1]}\`.`, ...(at ? { at } : {}) }
    })
    const [first, ...notes] = steps
    return failure('SLUICE_GRAPH_CYCLE', { path }, { ...(first?.at ? { at: first.at } : {}), notes })
  })
}

function byPlace(a: Failure, b: Failure): number {
  const [one, other] = [a.at, b.at]
  if (one?.file !== other?.file) return (one?.file ?? '') < (other?.file ?? '') ? -1 : 1
  return (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0)
}
