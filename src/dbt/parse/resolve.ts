import type { Manifest, Node, Ref, Resource } from '../face.ts'
import { failure } from '../../errors/index.ts'
import type { Lookups } from './lookups.ts'
import { dependOnMetric, resolveMetric, resolveMetrics } from './metrics.ts'
import { guarded, packageOf, type Parsing } from './parsing.ts'
import { dependOn, firstOf, missing, searched } from './search.ts'

/** Put down what every resource depends on: what its `ref`, `source`, `metric` and `function` name. */
export function resolveAll(parsing: Parsing, lookups: Lookups): void {
  const { manifest } = parsing
  const each = (resources: Iterable<Resource>, act: (resource: Resource) => void): void => {
    for (const resource of resources) guarded(parsing, resource.original_file_path, () => act(resource))
  }
  const nodes = [...manifest.nodes.values()].filter(({ resource_type: type }) => type !== 'seed')
  const readers = [...nodes, ...manifest.exposures.values()]
  each(readers, resource => resolveSources(parsing, lookups, resource))
  each(
    [
      ...readers,
      ...manifest.metrics.values(),
      ...manifest.semantic_models.values(),
      ...manifest.functions.values(),
    ],
    resource => resolveRefs(parsing, lookups, resource),
  )
  each(manifest.semantic_models.values(), resource => relateSemanticModel(manifest, resource))
  each(manifest.metrics.values(), metric => resolveMetric({ parsing, lookups }, metric))
  each([...manifest.metrics.values(), ...readers], resource => resolveMetrics({ parsing, lookups }, resource))
  each(manifest.saved_queries.values(), query => {
    const { metrics } = query.query_params as { metrics: string[] }
    for (const name of metrics) dependOnMetric({ parsing, lookups }, { of: query, name, packageName: null })
  })
  each([...nodes, ...manifest.functions.values()], resource => resolveFunctions(parsing, lookups, resource))
}

function resolveSources(parsing: Parsing, lookups: Lookups, of: Resource): void {
  for (const [source, table] of of.sources) {
    const packages = searched(parsing, of.package_name, null)
    const found = firstOf(packages, name => lookups.source(source, table, name))
    if (found !== undefined) dependOn(of, found.unique_id)
    else {
      const name = `${source}.${table}`
      const disabled = packages.some(each => lookups.disabled(name, each, ['source']).length > 0)
      missing(parsing, of, { kind: 'source', name, disabled })
    }
  }
}

const refable = ['model', 'seed', 'snapshot'] as const

/** The node that a `ref` means in the files of a package; `'disabled'`: it is there and switched off. */
function refTarget(
  parsing: Parsing,
  lookups: Lookups,
  { ref, own }: { readonly ref: Ref; readonly own: string },
): Node | 'disabled' | undefined {
  const packages = searched(parsing, own, ref.package)
  const found = firstOf(packages, name => {
    const node = lookups.refable(ref.name, name, ref.version)
    return node?.config.enabled === false ? undefined : node
  })
  if (found !== undefined) return found
  const name = ref.version ? `${ref.name}.v${ref.version}` : ref.name
  return packages.some(each => lookups.disabled(name, each, refable).length > 0) ? 'disabled' : undefined
}

function resolveRefs(parsing: Parsing, lookups: Lookups, of: Resource): void {
  for (const ref of of.refs) {
    const target = refTarget(parsing, lookups, { ref, own: of.package_name })
    if (target === undefined || target === 'disabled') {
      const name = [ref.package, ref.name, ref.version ? `v${ref.version}` : null].filter(Boolean).join('.')
      missing(parsing, of, { kind: 'node', name, disabled: target === 'disabled' })
      continue
    }
    checkAccess(parsing, of, target)
    dependOn(of, target.unique_id)
  }
}

/** A private model is read only in its group, a protected one only in its package where that says so. */
function checkAccess(parsing: Parsing, of: Resource, target: Node): void {
  if (target.resource_type !== 'model' || of.resource_type === 'sql_operation') return
  const isForeign = of.package_name !== target.package_name
  const isRestricted = isForeign && packageOf(parsing, target.package_name).restrictAccess
  const isOutside = !of.group || of.group !== target.group || isRestricted
  if (target.access === 'private' && isOutside)
    throw failure('SLUICE_DBT_ACCESS_DENIED', {
      resource: of.unique_id,
      target: target.unique_id,
      access: 'private',
      scope: `the group \`${String(target.group)}\``,
    })
  if (target.access === 'protected' && isRestricted)
    throw failure('SLUICE_DBT_ACCESS_DENIED', {
      resource: of.unique_id,
      target: target.unique_id,
      access: 'protected',
      scope: `the package \`${target.package_name}\``,
    })
}

/** Where the rows of a semantic model lie. */
function relateSemanticModel(manifest: Manifest, semantic: Resource): void {
  const node = manifest.nodes.get(semantic.depends_on.nodes[0] ?? '')
  if (node === undefined) return
  const { alias, schema, database, relation_name } = node
  semantic.node_relation = { alias, schema_name: schema, database, relation_name }
}

function resolveFunctions(parsing: Parsing, lookups: Lookups, of: Resource): void {
  for (const named of (of.functions ?? []) as string[][]) {
    const [first = '', second] = named
    const name = second ?? first
    const packages = searched(parsing, of.package_name, second === undefined ? null : first)
    const found = firstOf(packages, each => lookups.functionNode(name, each))
    if (found !== undefined) dependOn(of, found.unique_id)
    else {
      const disabled = packages.some(each => lookups.disabled(name, each, ['function']).length > 0)
      missing(parsing, of, { kind: 'function', name, disabled })
    }
  }
}
