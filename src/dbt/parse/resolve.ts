import type { Manifest, Node, Ref, Resource, UniqueId } from '../face.ts'
import { failure } from '../../errors/index.ts'
import type { Lookups } from './lookups.ts'
import { guarded, packageOf, type Parsing, warn } from './parsing.ts'

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
  each(manifest.metrics.values(), metric => resolveMetric(parsing, lookups, metric))
  each([...manifest.metrics.values(), ...readers], resource => resolveMetrics(parsing, lookups, resource))
  each(manifest.saved_queries.values(), query => {
    const { metrics } = query.query_params as { metrics: string[] }
    for (const name of metrics) dependOnMetric(parsing, lookups, { of: query, name, packageName: null })
  })
  each([...nodes, ...manifest.functions.values()], resource => resolveFunctions(parsing, lookups, resource))
}

/** Which packages are searched for a name, in which order; undefined: any. */
function searched(
  { root, behaviour }: Parsing,
  own: string,
  named: string | null,
): readonly (string | undefined)[] {
  if (named !== null) return [named]
  if (root.name === own) return [own, undefined]
  return behaviour.ownPackageFirst ? [own, root.name, undefined] : [root.name, own, undefined]
}

function dependOn({ depends_on: { nodes } }: Resource, uniqueId: UniqueId): void {
  if (!nodes.includes(uniqueId)) nodes.push(uniqueId)
}

type Target = {
  readonly kind: 'node' | 'source' | 'metric' | 'function'
  readonly name: string
  readonly disabled: boolean
}

/** What a resource names is not there. A test is left out with a warning; anything else is an error. */
function missing(parsing: Parsing, of: Resource, { kind, name, disabled }: Target): void {
  of.config.enabled = false
  const state = disabled ? 'is switched off' : 'is not there'
  if (of.resource_type !== 'test')
    throw failure('SLUICE_DBT_TARGET_MISSING', {
      resource: of.unique_id,
      path: of.original_file_path,
      kind,
      name,
      state,
    })
  if (!disabled)
    warn(
      parsing,
      `Test \`${of.name}\` depends on ${kind} \`${name}\`, which ${state}.`,
      of.original_file_path,
    )
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

function firstOf<T>(
  packages: readonly (string | undefined)[],
  find: (name: string | undefined) => T | undefined,
) {
  for (const name of packages) {
    const found = find(name)
    if (found !== undefined) return found
  }
  return undefined
}

const refable = ['model', 'seed', 'snapshot'] as const

/** The node that a `ref` means in the files of a package; `'disabled'`: it is there and switched off. */
export function refTarget(
  parsing: Parsing,
  lookups: Lookups,
  ref: Ref,
  own: string,
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
    const target = refTarget(parsing, lookups, ref, of.package_name)
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

type Measure = { readonly name: string }
type Parameters = {
  readonly measure: Measure | null
  readonly input_measures: Measure[]
  readonly numerator: Measure | null
  readonly denominator: Measure | null
  readonly metrics: readonly Measure[]
  readonly conversion_type_params: {
    readonly base_measure: Measure
    readonly conversion_measure: Measure
  } | null
}

/** Which measures a metric is made of, at first or at last. */
function resolveMetric(
  parsing: Parsing,
  lookups: Lookups,
  metric: Resource,
  on: readonly UniqueId[] = [],
): void {
  const parameters = metric.type_params as Parameters
  if (parameters.input_measures.length > 0) return
  if (on.includes(metric.unique_id))
    throw cycle([...on.slice(on.indexOf(metric.unique_id)), metric.unique_id])
  switch (metric.type) {
    case 'simple':
    case 'cumulative':
      return measured(parsing, lookups, metric, [parameters.measure])
    case 'conversion': {
      const { base_measure: base, conversion_measure: conversion } = parameters.conversion_type_params ?? {}
      return measured(parsing, lookups, metric, [base, conversion])
    }
    default: {
      const { numerator, denominator, metrics } = parameters
      const inputs = metric.type === 'ratio' ? [numerator, denominator] : metrics
      for (const input of inputs) {
        if (!input) throw metricInvalid(metric, 'A ratio has a `numerator` and a `denominator`.')
        const other = metricNamed(parsing, lookups, {
          name: input.name,
          own: metric.package_name,
          packageName: null,
        })
        if (other === undefined || other === 'disabled')
          throw metricInvalid(
            metric,
            `It is made of \`${input.name}\`, which ${other ? 'is switched off' : 'is no metric'}.`,
          )
        resolveMetric(parsing, lookups, other, [...on, metric.unique_id])
        for (const each of (other.type_params as Parameters).input_measures) addMeasure(parameters, each)
        dependOn(metric, other.unique_id)
      }
    }
  }
}

function metricInvalid(metric: Resource, words: string): Error {
  return failure('SLUICE_DBT_METRIC', { name: metric.name, words })
}

function addMeasure({ input_measures: measures }: Parameters, measure: Measure): void {
  const text = JSON.stringify(measure)
  if (!measures.some(each => JSON.stringify(each) === text)) measures.push(measure)
}

function measured(
  parsing: Parsing,
  lookups: Lookups,
  metric: Resource,
  measures: readonly (Measure | null | undefined)[],
): void {
  const parameters = metric.type_params as Parameters
  for (const measure of measures) {
    if (!measure) throw metricInvalid(metric, 'It names no measure.')
    addMeasure(parameters, measure)
    const packages = searched(parsing, metric.package_name, null)
    const model = firstOf(packages, name => lookups.measure(measure.name, name))
    if (model === undefined)
      throw metricInvalid(metric, `No semantic model has the measure \`${measure.name}\`.`)
    dependOn(metric, model.unique_id)
  }
}

type Wanted = { readonly name: string; readonly own: string; readonly packageName: string | null }

function metricNamed(
  parsing: Parsing,
  lookups: Lookups,
  { name, own, packageName }: Wanted,
): Resource | 'disabled' | undefined {
  const packages = searched(parsing, own, packageName)
  const found = firstOf(packages, each => lookups.metric(name, each))
  if (found !== undefined) return found
  return packages.some(each => lookups.disabled(name, each, ['metric']).length > 0) ? 'disabled' : undefined
}

function dependOnMetric(
  parsing: Parsing,
  lookups: Lookups,
  { of, name, packageName }: { of: Resource; name: string; packageName: string | null },
): void {
  const found = metricNamed(parsing, lookups, { name, own: of.package_name, packageName })
  if (found === undefined || found === 'disabled')
    missing(parsing, of, { kind: 'metric', name, disabled: found === 'disabled' })
  else dependOn(of, found.unique_id)
}

function resolveMetrics(parsing: Parsing, lookups: Lookups, of: Resource): void {
  for (const named of (of.metrics ?? []) as string[][]) {
    const [first = '', second] = named
    dependOnMetric(parsing, lookups, {
      of,
      name: second ?? first,
      packageName: second === undefined ? null : first,
    })
  }
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

/** The circle in words: each reads the one before. */
function cycle(path: readonly UniqueId[]): Error {
  return failure('SLUICE_DBT_CYCLE', { path })
}

/** Models that read each other in a circle are an error that names the whole of it. */
export function checkCycles({ manifest }: Pick<Parsing, 'manifest'>): void {
  const done = new Set<UniqueId>()
  for (const start of manifest.nodes.keys()) {
    const path: UniqueId[] = []
    const onPath = new Set<UniqueId>()
    // Depth first, without recursion: a chain of models may be longer than the stack is deep.
    const pending: { readonly id: UniqueId; readonly leave: boolean }[] = [{ id: start, leave: false }]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { id, leave } = next
      if (leave) {
        path.pop()
        onPath.delete(id)
        done.add(id)
      } else if (onPath.has(id)) throw cycle([...path.slice(path.indexOf(id)), id])
      else if (!done.has(id)) {
        path.push(id)
        onPath.add(id)
        pending.push({ id, leave: true })
        for (const needed of manifest.nodes.get(id)?.depends_on.nodes ?? [])
          pending.push({ id: needed, leave: false })
      }
    }
  }
}
