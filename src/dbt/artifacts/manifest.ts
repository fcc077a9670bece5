import { parentsOf } from '../build/edges.ts'
import type { Manifest, NodeResult, Resource, ResourceType, UniqueId } from '../face.ts'
import { compiledFields, fieldsOf } from './fields.ts'

/** What became of a node's code in this command. */
export type CompiledFacts = {
  readonly compiled_code: NodeResult['compiled_code']
  /** `target/compiled/…` */
  readonly compiled_path?: string | null
  readonly extra_ctes?: readonly { readonly id: UniqueId; readonly sql: string }[]
}

type Plain = { readonly [field: string]: unknown }

/** `manifest.json`, schema version 12; nodes that were compiled show their code. */
export function manifestArtifact(
  manifest: Manifest,
  compiled: ReadonlyMap<UniqueId, CompiledFacts> = new Map(),
): Plain {
  const written = (resources: ReadonlyMap<UniqueId, Facts>): Plain =>
    Object.fromEntries(Array.from(resources, ([id, each]) => [id, factsOf(each, compiled.get(id))]))
  const { parents, children } = mapsOf(manifest)
  return {
    metadata: manifest.metadata,
    nodes: written(manifest.nodes),
    sources: written(manifest.sources),
    macros: written(manifest.macros),
    docs: written(manifest.docs as unknown as ReadonlyMap<UniqueId, Facts>),
    exposures: written(manifest.exposures),
    metrics: written(manifest.metrics),
    groups: written(manifest.groups),
    selectors: manifest.selectors,
    disabled: Object.fromEntries(
      Array.from(manifest.disabled, ([id, all]) => [id, all.map(each => factsOf(each, undefined))]),
    ),
    parent_map: parents,
    child_map: children,
    group_map: groupMap(manifest),
    saved_queries: written(manifest.saved_queries),
    semantic_models: written(manifest.semantic_models),
    unit_tests: written(manifest.unit_tests),
    functions: written(manifest.functions),
  }
}

type Facts = { readonly resource_type: ResourceType; readonly [field: string]: unknown }

function factsOf(resource: Facts, compiled: CompiledFacts | undefined): Plain {
  const { resource_type: type } = resource
  const left = compiled?.compiled_code ? [] : compiledFields
  const all: Plain = compiled?.compiled_code ? { ...resource, ...shown(compiled) } : resource
  const facts: { [field: string]: unknown } = {}
  for (const field of fieldsOf(type))
    if (all[field] !== undefined && !(left as readonly string[]).includes(field)) facts[field] = all[field]
  if (type === 'seed') facts.depends_on = { macros: (resource as unknown as Resource).depends_on.macros }
  return facts
}

function shown({ compiled_code, compiled_path, extra_ctes = [] }: CompiledFacts): Plain {
  return {
    compiled: true,
    compiled_code,
    extra_ctes_injected: true,
    extra_ctes,
    ...(compiled_path !== undefined && { compiled_path }),
  }
}

type EdgeMap = { readonly [id: UniqueId]: readonly UniqueId[] }

function mapsOf(manifest: Manifest): { readonly parents: EdgeMap; readonly children: EdgeMap } {
  const above = parentsOf(manifest)
  const below = new Map(Array.from(above.keys(), id => [id, [] as UniqueId[]]))
  for (const [id, all] of above) for (const parent of all) below.get(parent)?.push(id)
  return {
    parents: Object.fromEntries(Array.from(above, ([id, all]) => [id, [...all].sort()])),
    children: Object.fromEntries(Array.from(below, ([id, all]) => [id, all.sort()])),
  }
}

/** Members of each group, by its name. */
function groupMap({ groups, nodes, saved_queries, semantic_models, metrics }: Manifest): EdgeMap {
  const map = new Map<string, UniqueId[]>(Array.from(groups.values(), ({ name }) => [name, []]))
  for (const members of [nodes, saved_queries, semantic_models, metrics] as ReadonlyMap<UniqueId, Resource>[])
    for (const [id, { group }] of members) if (typeof group === 'string') map.get(group)?.push(id)
  return Object.fromEntries(map)
}
