import type { Resource } from '../face.ts'
import { equal, momentOf } from './equal.ts'
import { isSameContract } from './contract.ts'
import type { Kind } from './members.ts'

/** What counts as the same, beside what dbt always compares. */
export type Comparing = {
  readonly kind: Kind
  /** `state_modified_compare_more_unrendered_values`: sources by what was written, not by what came of it. */
  readonly isUnrendered: boolean
  readonly nowMs: number
  readonly warn: (words: string) => void
}

/** Whether a resource says what it said before; those that are new without being a node count as the same. */
export function isSame(now: Resource, before: Resource | undefined, by: Comparing): boolean {
  if (before === undefined) return !['nodes', 'functions', 'unit_tests'].includes(by.kind)
  switch (by.kind) {
    case 'nodes':
      return isSameNode(now, before, by)
    case 'functions':
      return isSameNode(now, before, by) && areEqual(now, before, ['arguments', 'returns'])
    case 'sources':
      return isSameSource(now, before, by)
    case 'unit_tests':
      return now.checksum === before.checksum
    case 'exposures':
      return (
        areEqual(now, before, ['fqn', 'type', 'owner', 'maturity', 'url', 'description', 'label']) &&
        equal(now.depends_on.nodes.toSorted(), before.depends_on.nodes.toSorted()) &&
        isSameConfig(now, before)
      )
    case 'metrics':
      return areEqual(now, before, ['type', 'description', 'label']) && isSameConfig(now, before)
    case 'semantic_models':
      return areEqual(now, before, semanticFields)
    case 'saved_queries':
      return isSameQuery(now, before)
  }
}

const semanticFields = [
  'model',
  'description',
  'defaults',
  'entities',
  'dimensions',
  'measures',
  'config',
  'primary_entity',
  'group',
]

function areEqual(now: Resource, before: Resource, fields: readonly string[]): boolean {
  return fields.every(field => equal(now[field], before[field]))
}

function isSameNode(now: Resource, before: Resource, by: Comparing): boolean {
  // Of a test that is made from another one, the code is that one's.
  if (now.resource_type === 'test' && now.test_metadata)
    return isSameConfig(now, before) && areEqual(now, before, ['fqn'])
  // A contract that was broken is told of, whatever else has changed.
  const isContractSame = isSameContract(now, before, by)
  return (
    isSameBody(now, before) &&
    isSameConfig(now, before) &&
    isSameDescription(now, before) &&
    areEqual(now, before, ['fqn']) &&
    isSameRelation(now, before, by) &&
    isContractSame &&
    (now.resource_type !== 'model' || isSameForReaders(now, before))
  )
}

/** What models that read this one may notice. */
function isSameForReaders(now: Resource, before: Resource): boolean {
  return (
    areEqual(now, before, ['latest_version', 'access']) &&
    momentOf(now.deprecation_date) === momentOf(before.deprecation_date)
  )
}

function isSameSource(now: Resource, before: Resource, by: Comparing): boolean {
  return (
    isSameRelation(now, before, by) &&
    areEqual(now, before, ['fqn', 'quoting', 'freshness', 'loaded_at_field', 'external']) &&
    isSameConfig(now, before)
  )
}

function isSameQuery(now: Resource, before: Resource): boolean {
  const params = (of: Resource) => (of.query_params ?? {}) as { [name: string]: unknown }
  type Export = { readonly name: string; readonly unrendered_config?: { readonly [key: string]: unknown } }
  const exports = (of: Resource) =>
    ((of.exports ?? []) as Export[]).map(({ name, unrendered_config: written = {} }) => {
      return [name, written.export_as, written.schema, written.alias]
    })
  return (
    ['metrics', 'group_by', 'where'].every(name => equal(params(now)[name], params(before)[name])) &&
    areEqual(now, before, ['description', 'label', 'config', 'group', 'tags']) &&
    equal(exports(now), exports(before))
  )
}

/** Of seeds the rows, by their checksum. */
export function isSameBody(now: Resource, before: Resource): boolean {
  return areEqual(now, before, [now.resource_type === 'seed' ? 'checksum' : 'raw_code'])
}

/** Where things are built is compared as the relation; of labels dbt says that they change nothing. */
const notCompared: { readonly [type: string]: ReadonlySet<string> } = {
  source: new Set(),
  exposure: new Set(),
  metric: new Set(['group']),
}
const notComparedOfNodes = new Set(['alias', 'schema', 'database', 'tags', 'group'])
const comparedOfTests = [
  'severity',
  'where',
  'limit',
  'fail_calc',
  'warn_if',
  'error_if',
  'store_failures',
  'store_failures_as',
]

/** As it was written, so that a variable with another value in another environment is no change. */
export function isSameConfig(now: Resource, before: Resource): boolean {
  if (now.resource_type === 'semantic_model' || now.resource_type === 'saved_query')
    return areEqual(now, before, ['config'])
  const [a, b] = [now.unrendered_config ?? {}, before.unrendered_config ?? {}]
  const left = notCompared[now.resource_type] ?? notComparedOfNodes
  const keys =
    now.resource_type === 'test'
      ? comparedOfTests
      : [...Object.keys(a), ...Object.keys(b)].filter(key => !left.has(key))
  return keys.every(key => key in a === key in b && equal(a[key], b[key]))
}

/** Descriptions that are kept in the database. */
export function isSameDescription(now: Resource, before: Resource): boolean {
  const { relation, columns } = (now.config.persist_docs ?? {}) as { relation?: unknown; columns?: unknown }
  if (relation && now.description !== before.description) return false
  return !columns || equal(columnTexts(now), columnTexts(before))
}

function columnTexts({ columns }: Resource): { [name: string]: unknown } {
  const all = Object.entries((columns ?? {}) as { [name: string]: { description?: unknown } })
  return Object.fromEntries(all.map(([name, { description }]) => [name, description]))
}

/** Where it stands in the database, as it was written. */
export function isSameRelation(now: Resource, before: Resource, { kind, isUnrendered }: Comparing): boolean {
  if (kind === 'sources') {
    const places = isUnrendered ? ['unrendered_database', 'unrendered_schema'] : ['database', 'schema']
    return areEqual(now, before, [...places, 'identifier'])
  }
  const [a, b] = [now.unrendered_config ?? {}, before.unrendered_config ?? {}]
  return ['database', 'schema', 'alias'].every(key => equal(a[key], b[key]))
}
