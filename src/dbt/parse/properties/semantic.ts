import { str } from '../../../jinja/index.ts'
import { valueOf } from '../../context/json.ts'
import type { Node, Resource } from '../../face.ts'
import { listOf, textsOf } from '../../project/tree.ts'
import { isObject, type Yaml, type YamlObject } from '../../yaml.ts'
import type { Parsing } from '../parsing.ts'
import { type Entry, invalidEntry } from './entries.ts'
import { addResource, configured, resourceBegin, textOr } from './simple.ts'

const granularities = new Set(
  'nanosecond microsecond millisecond second minute hour day week month quarter year'.split(' '),
)

/** A metric, as dbt's semantic layer defines it; nobody computes it here. */
export function parseMetric(parsing: Parsing, entry: Entry, more: { readonly enabled?: boolean } = {}): void {
  const { said } = entry
  const begin = resourceBegin(entry, 'metric')
  const { config, unrendered_config } = configured(parsing, begin, { ...asObject(said.config), ...more })
  const meta = isObject(config.meta) && Object.keys(config.meta).length > 0 ? config.meta : (said.meta ?? {})
  const metric = {
    ...begin,
    description: textOr(said.description, ''),
    label: said.label ?? null,
    type: said.type ?? null,
    type_params: typeParameters(entry),
    filter: filterOf(said.filter),
    metadata: null,
    time_granularity: said.time_granularity ?? null,
    meta,
    tags: textsOf(said.tags),
    config,
    unrendered_config,
    sources: [],
    depends_on: { macros: [], nodes: [] },
    refs: [],
    metrics: [],
    created_at: parsing.createdAt,
    group: config.group ?? null,
  } as unknown as Resource
  addResource(parsing, 'metrics', metric)
}

function asObject(said: Yaml | undefined): YamlObject {
  return isObject(said) ? said : {}
}

function expression(said: Yaml | undefined): string | null {
  return said === undefined || said === null ? null : str(valueOf(said))
}

function typeParameters(entry: Entry): YamlObject {
  const { said } = entry
  const given = asObject(said.type_params)
  const window = (of: Yaml | undefined): Yaml => windowOf(entry, of)
  const isCumulative = String(said.type).toLowerCase() === 'cumulative'
  return {
    measure: measureOf(given.measure),
    input_measures: [],
    numerator: inputOf(entry, given.numerator),
    denominator: inputOf(entry, given.denominator),
    expr: expression(given.expr),
    window: window(given.window),
    grain_to_date: given.grain_to_date ?? null,
    metrics: listOf(given.metrics).map(each => inputOf(entry, each)),
    conversion_type_params: conversion(entry, given.conversion_type_params),
    cumulative_type_params: isCumulative ? cumulative(entry, given) : null,
    metric_aggregation_params: null,
  }
}

function cumulative(entry: Entry, given: YamlObject): YamlObject {
  const own = asObject(given.cumulative_type_params)
  return {
    window: windowOf(entry, own.window ?? given.window),
    grain_to_date: own.grain_to_date ?? given.grain_to_date ?? null,
    period_agg: own.period_agg ?? 'first',
    metric: null,
  }
}

function conversion(entry: Entry, said: Yaml | undefined): Yaml {
  if (!isObject(said)) return null
  return {
    base_measure: measureOf(said.base_measure),
    conversion_measure: measureOf(said.conversion_measure),
    entity: said.entity ?? null,
    calculation: said.calculation ?? 'conversion_rate',
    window: windowOf(entry, said.window),
    constant_properties: said.constant_properties ?? null,
  }
}

function measureOf(said: Yaml | undefined): Yaml {
  if (said === undefined || said === null) return null
  const given = isObject(said) ? said : { name: said }
  return {
    name: given.name ?? null,
    filter: filterOf(given.filter),
    alias: given.alias ?? null,
    join_to_timespine: given.join_to_timespine ?? false,
    fill_nulls_with: given.fill_nulls_with ?? null,
  }
}

function inputOf(entry: Entry, said: Yaml | undefined): Yaml {
  if (said === undefined || said === null) return null
  const given = isObject(said) ? said : { name: said }
  return {
    name: given.name ?? null,
    filter: filterOf(given.filter),
    alias: given.alias ?? null,
    offset_window: windowOf(entry, given.offset_window),
    offset_to_grain: given.offset_to_grain ?? null,
  }
}

/** `28 days` */
function windowOf(entry: Entry, said: Yaml | undefined): Yaml {
  if (said === undefined || said === null) return null
  const [, count, unit] = /^(\d+) (\S+)$/.exec(String(said).toLowerCase()) ?? []
  if (count === undefined || unit === undefined)
    throw invalidEntry(
      entry,
      `\`${String(said)}\` is no window of time: write it as \`28 days\`.`,
      'type_params',
    )
  const single = unit.replace(/s$/, '')
  return { count: Number(count), granularity: granularities.has(single) ? single : unit }
}

function filterOf(said: Yaml | undefined): Yaml {
  if (said === undefined || said === null) return null
  return { where_filters: listOf(said).map(each => ({ where_sql_template: String(each) })) }
}

/** Measures, dimensions and entities of a model; a measure may make a metric. */
export function parseSemanticModel(parsing: Parsing, entry: Entry): void {
  const { said } = entry
  const begin = resourceBegin(entry, 'semantic_model')
  const { config, unrendered_config } = configured(parsing, begin, said.config)
  const all = (list: string): YamlObject[] => listOf(said[list]).filter(isObject)
  const element = (of: YamlObject): YamlObject => ({
    meta: { ...asObject(config.meta), ...asObject(asObject(of.config).meta) },
  })
  const semantic = {
    ...begin,
    model: said.model ?? null,
    node_relation: null,
    description: said.description ?? null,
    label: said.label ?? null,
    defaults: isObject(said.defaults) ? { agg_time_dimension: null, ...said.defaults } : null,
    entities: all('entities').map(each => ({ ...entity(each), config: element(each) })),
    measures: all('measures').map(each => ({ ...measure(each), config: element(each) })),
    dimensions: all('dimensions').map(each => ({ ...dimension(each), config: element(each) })),
    metadata: null,
    depends_on: { macros: [], nodes: [] },
    refs: [],
    sources: [],
    tags: [],
    meta: {},
    created_at: parsing.createdAt,
    config,
    unrendered_config,
    primary_entity: said.primary_entity ?? null,
    group: config.group ?? null,
  } as unknown as Resource
  if (said.model)
    parsing.templates.capture(semantic as Node, `{{ ${String(said.model)} }}`, { only: ['ref'] })
  addResource(parsing, 'semantic_models', semantic)
  for (const each of all('measures'))
    if (each.create_metric === true) parseMetric(parsing, { ...entry, said: metricOf(each, config) })
}

function entity(said: YamlObject): YamlObject {
  const { name = null, type = null, description = null, label = null, role = null } = said
  return { name, type, description, label, role, expr: expression(said.expr) }
}

function measure(said: YamlObject): YamlObject {
  const { name = null, agg = null, description = null, label = null } = said
  const additive = said.non_additive_dimension
  return {
    name,
    agg,
    description,
    label,
    create_metric: false,
    expr: expression(said.expr),
    agg_params: isObject(said.agg_params)
      ? {
          percentile: null,
          use_discrete_percentile: false,
          use_approximate_percentile: false,
          ...said.agg_params,
        }
      : null,
    non_additive_dimension: isObject(additive)
      ? {
          name: additive.name ?? null,
          window_choice: additive.window_choice ?? null,
          window_groupings: [...textsOf(additive.window_groupings)],
        }
      : null,
    agg_time_dimension: said.agg_time_dimension ?? null,
  }
}

function dimension(said: YamlObject): YamlObject {
  const { name = null, type = null, description = null, label = null } = said
  const type_params = isObject(said.type_params)
    ? {
        time_granularity: said.type_params.time_granularity ?? null,
        validity_params: validity(said.type_params),
      }
    : null
  const is_partition = said.is_partition ?? false
  return {
    name,
    type,
    description,
    label,
    is_partition,
    type_params,
    expr: expression(said.expr),
    metadata: null,
  }
}

function validity({ validity_params: said }: YamlObject): Yaml {
  return isObject(said) ? { is_start: false, is_end: false, ...said } : null
}

/** The metric that a measure makes of itself. */
function metricOf(said: YamlObject, config: YamlObject): YamlObject {
  const name = said.name as Yaml
  return {
    name,
    label: said.label || name,
    type: 'simple',
    type_params: { measure: name, expr: said.expr || name },
    description: said.description || `Metric created from measure ${String(name)}`,
    config: { enabled: config.enabled ?? true, ...(isObject(config.meta) && { meta: config.meta }) },
  }
}

/** A question to the semantic layer that is asked often, and where its answers go. */
export function parseSavedQuery(parsing: Parsing, entry: Entry): void {
  const { said } = entry
  const begin = resourceBegin(entry, 'saved_query')
  const { config, unrendered_config } = configured(parsing, begin, said.config)
  const query = asObject(said.query_params)
  const saved = {
    ...begin,
    query_params: {
      metrics: textsOf(query.metrics),
      group_by: textsOf(query.group_by),
      where: filterOf(query.where),
      order_by: textsOf(query.order_by),
      limit: query.limit ?? null,
    },
    exports: listOf(said.exports)
      .filter(isObject)
      .map(each => exportOf(parsing, each, { config, packageName: begin.package_name })),
    description: said.description ?? null,
    label: said.label ?? null,
    metadata: null,
    config,
    unrendered_config,
    group: config.group ?? null,
    depends_on: { macros: [], nodes: [] },
    created_at: parsing.createdAt,
    refs: [],
    sources: [],
    meta: {},
    tags: [...new Set([...textsOf(said.tags), ...textsOf(config.tags)])].sort(),
  } as unknown as Resource
  addResource(parsing, 'saved_queries', saved)
}

type Of = { readonly config: YamlObject; readonly packageName: string }

function exportOf(parsing: Parsing, said: YamlObject, { config }: Of): YamlObject {
  const written = asObject(said.config)
  const all = { ...config, ...written }
  const name = said.name as Yaml
  const of = { name, resource_type: 'export' } as unknown as Resource
  const text = (value: Yaml | undefined): string | null => textOr(value, null)
  // dbt hands its macros what the export is configured with, in which a schema is called otherwise.
  const database = parsing.templates.name('database', of, text(all.database))
  const schema = parsing.templates.name('schema', of, null)
  const alias = parsing.templates.name('alias', of, text(all.alias))
  return {
    name,
    config: {
      export_as: all.export_as ?? null,
      schema_name: text(all.schema_name) ?? text(all.schema) ?? schema,
      alias: text(all.alias) ?? alias,
      database: database ?? text(all.database),
    },
    unrendered_config: written,
  }
}
