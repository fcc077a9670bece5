import type { Config, ResourceType } from '../face.ts'
import { isObject, type Yaml, type YamlObject } from '../yaml.ts'
import { listOf } from './tree.ts'

/**
 * How what is said nearer to a resource meets what was said before: anything that is not named here replaces
 * it.
 */
const appended = new Set(['tags', 'pre-hook', 'post-hook', 'packages'])
const updated = new Set(['meta', 'quoting', 'column_types', 'docs', 'contract'])

const everyNode = {
  enabled: true,
  alias: null,
  schema: null,
  database: null,
  tags: [],
  meta: {},
  group: null,
  static_analysis: null,
}

const builtNode = {
  ...everyNode,
  materialized: 'view',
  incremental_strategy: null,
  batch_size: null,
  lookback: 1,
  begin: null,
  persist_docs: {},
  'post-hook': [],
  'pre-hook': [],
  quoting: {},
  column_types: {},
  full_refresh: null,
  unique_key: null,
  on_schema_change: 'ignore',
  on_configuration_change: 'apply',
  grants: {},
  packages: [],
  docs: { show: true, node_color: null },
  contract: { enforced: false, alias_types: true },
  event_time: null,
  concurrent_batches: null,
}

const noMetaColumns = {
  dbt_valid_to: null,
  dbt_valid_from: null,
  dbt_scd_id: null,
  dbt_updated_at: null,
  dbt_is_deleted: null,
}

const noFreshness = {
  warn_after: { count: null, period: null },
  error_after: { count: null, period: null },
  filter: null,
}

const semantic = { enabled: true, group: null, meta: {} }

/** What a resource is configured as when nobody says anything, in dbt's names and order. */
const defaults: { readonly [type in ResourceType]?: YamlObject } = {
  model: { ...builtNode, access: 'protected', freshness: null },
  seed: { ...builtNode, materialized: 'seed', delimiter: ',', quote_columns: null },
  snapshot: {
    ...builtNode,
    materialized: 'snapshot',
    strategy: null,
    target_schema: null,
    target_database: null,
    updated_at: null,
    check_cols: null,
    snapshot_meta_column_names: noMetaColumns,
    dbt_valid_to_current: null,
  },
  test: {
    ...everyNode,
    schema: 'dbt_test__audit',
    materialized: 'test',
    severity: 'ERROR',
    store_failures: null,
    store_failures_as: null,
    where: null,
    limit: null,
    fail_calc: 'count(*)',
    warn_if: '!= 0',
    error_if: '!= 0',
  },
  function: {
    ...builtNode,
    materialized: 'function',
    type: 'scalar',
    volatility: null,
    runtime_version: null,
    entry_point: null,
  },
  source: {
    enabled: true,
    event_time: null,
    freshness: noFreshness,
    loaded_at_field: null,
    loaded_at_query: null,
    meta: {},
    tags: [],
    static_analysis: null,
  },
  exposure: { enabled: true, tags: [], meta: {} },
  metric: semantic,
  semantic_model: semantic,
  saved_query: { ...semantic, export_as: null, schema: null, cache: { enabled: false } },
  unit_test: { tags: [], meta: {}, enabled: true, static_analysis: null },
  group: { meta: {} },
}

/**
 * The default configuration of a kind of resource; analyses and hooks are configured as any node that is
 * built.
 */
export function defaultConfig(type: ResourceType): YamlObject {
  return { ...(defaults[type] ?? builtNode) }
}

/** One more word on a resource: the result is new. */
export function mergedConfig(config: YamlObject, partial: { readonly [name: string]: Yaml }): YamlObject {
  const made = { ...config }
  for (const written in partial) {
    const name = hookName(written)
    const value = partial[written] as Yaml
    made[name] = mergedValue(name, made[name], value)
  }
  return made
}

function mergedValue(name: string, before: Yaml | undefined, value: Yaml): Yaml {
  if (before === undefined) return name === 'grants' && isObject(value) ? grants({}, value) : value
  if (appended.has(name)) return [...listOf(before), ...(Array.isArray(value) ? value : [value])]
  if (isObject(before) && isObject(value)) {
    if (updated.has(name)) return { ...before, ...value }
    if (name === 'grants') return grants(before, value)
  }
  return value
}

/** Who may do what: a privilege is given anew, or to more people where it is written `+select`. */
function grants(before: YamlObject, value: YamlObject): YamlObject {
  const made: YamlObject = {}
  for (const [privilege, people] of Object.entries(before)) made[privilege] = asList(people)
  for (const [written, people] of Object.entries(value)) {
    const privilege = written.replace(/^\++/, '')
    const others = written.startsWith('+') ? made[privilege] : undefined
    made[privilege] = [...listOf(others), ...asList(people)]
  }
  return made
}

function asList(value: Yaml): Yaml[] {
  return Array.isArray(value) ? value : [value]
}

export function hookName(name: string): string {
  return name === 'pre_hook' ? 'pre-hook' : name === 'post_hook' ? 'post-hook' : name
}

/**
 * Several calls of `config()` in one file, seen as one; unlike levels of a tree, a first call is taken as it
 * is.
 */
export function mergedCalls(before: YamlObject, call: YamlObject): YamlObject {
  if (Object.keys(before).length === 0) return { ...call }
  const made = { ...before }
  for (const [name, value] of Object.entries(call)) {
    const known = made[name]
    if (appended.has(name)) made[name] = [...listOf(known), ...asList(value)]
    else if (isObject(known) && isObject(value) && (updated.has(name) || name === 'grants'))
      made[name] = name === 'grants' ? grantCalls(known, value) : { ...known, ...value }
    else made[name] = value
  }
  return made
}

function grantCalls(before: YamlObject, value: YamlObject): YamlObject {
  const made = Object.fromEntries(Object.entries(before).map(([name, people]) => [name, asList(people)]))
  for (const [name, people] of Object.entries(value))
    made[name] = name.startsWith('+') ? [...listOf(made[name]), ...asList(people)] : asList(people)
  return made
}

/** A configuration in the shape that the manifest has: hooks are mappings, nothing is left half said. */
export function finishedConfig(type: ResourceType, config: YamlObject): Config {
  const made: YamlObject = { ...config }
  for (const name of ['pre-hook', 'post-hook'])
    if (made[name] !== undefined) made[name] = listOf(made[name]).map(hook)
  if (typeof made.static_analysis === 'boolean') made.static_analysis = made.static_analysis ? 'on' : 'off'
  if (type === 'test') storeFailures(made)
  if (type === 'model' && !(isObject(made.freshness) && 'build_after' in made.freshness))
    made.freshness = null
  if (type === 'model' && isObject(made.freshness)) made.freshness = modelFreshness(made.freshness)
  if (type === 'snapshot') made.snapshot_meta_column_names = metaColumns(made.snapshot_meta_column_names)
  if (type === 'source' && isObject(made.freshness)) made.freshness = { ...noFreshness, ...made.freshness }
  return made as Config
}

function metaColumns(said: Yaml | undefined): YamlObject {
  return { ...noMetaColumns, ...(isObject(said) && said) }
}

function modelFreshness(freshness: YamlObject): YamlObject {
  const after = isObject(freshness.build_after) ? freshness.build_after : {}
  return { ...freshness, build_after: { count: null, period: null, updates_on: 'any', ...after } }
}

/** A hook is SQL, or SQL with its conditions, which may come as JSON from a macro. */
function hook(written: Yaml): Yaml {
  const said = typeof written === 'string' ? jsonObject(written) : written
  if (!isObject(said)) return { sql: String(written), transaction: true, index: null }
  return { sql: said.sql ?? '', transaction: said.transaction ?? true, index: said.index ?? null }
}

function jsonObject(text: string): Yaml {
  if (!text.trimStart().startsWith('{')) return text
  try {
    const read: unknown = JSON.parse(text)
    return isObject(read) ? read : text
  } catch {
    return text
  }
}

/** `store_failures_as` says more than `store_failures`, and wins. */
function storeFailures(config: YamlObject): void {
  const as = config.store_failures_as
  if (as === null || as === undefined) {
    const store = config.store_failures
    config.store_failures_as = store === true ? 'table' : store === false ? 'ephemeral' : null
  } else config.store_failures = as !== 'ephemeral'
}
