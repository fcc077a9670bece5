import type { Manifest, Node, Resource } from '../face.ts'

type Plain = { readonly [field: string]: unknown }

/** The version of the shapes that dbt 1.11 writes for its semantic layer. */
const shapes = { major_version: '0', minor_version: '9', patch_version: '0' }

/** `semantic_manifest.json`: measures, metrics and saved queries as dbt's semantic layer reads them. */
export function semanticManifestArtifact(manifest: Manifest): Plain {
  const { semantic_models: models, metrics, saved_queries: queries, nodes } = manifest
  const all = [...nodes.values()].filter(({ resource_type: type }) => type === 'model')
  const legacy = all.find(({ name, time_spine: spine }) => name === legacyName && !spine)
  const spine = { location: legacy?.relation_name, column_name: 'date_day', grain: 'day' }
  return {
    semantic_models: Array.from(models.values(), semanticModel),
    metrics: Array.from(metrics.values(), metric),
    project_configuration: {
      time_spine_table_configurations: legacy && models.size > 0 ? [spine] : [],
      metadata: null,
      dsi_package_version: shapes,
      time_spines: all.flatMap(node => (node.time_spine ? [timeSpine(node)] : [])),
    },
    saved_queries: Array.from(queries.values(), savedQuery),
  }
}

/** A model of this name is a calendar, though nothing says so. */
const legacyName = 'metricflow_time_spine'

function semanticModel(of: Resource): Plain {
  const parts = (list: unknown) => ((list ?? []) as Plain[]).map(each => ({ metadata: null, ...each }))
  return {
    name: of.name,
    defaults: of.defaults,
    description: of.description,
    node_relation: of.node_relation,
    primary_entity: of.primary_entity,
    entities: parts(of.entities),
    measures: parts(of.measures),
    dimensions: parts(of.dimensions),
    label: of.label,
    metadata: of.metadata,
    config: { meta: of.config.meta },
  }
}

function metric(of: Resource): Plain {
  const { metric_aggregation_params: _, ...params } = of.type_params as Plain
  const { metric: __, ...cumulative } = (params.cumulative_type_params ?? {}) as Plain
  return {
    name: of.name,
    description: of.description,
    type: of.type,
    type_params: { ...params, cumulative_type_params: params.cumulative_type_params ? cumulative : null },
    filter: of.filter,
    metadata: of.metadata,
    label: of.label,
    config: { meta: of.config.meta },
    time_granularity: of.time_granularity,
  }
}

function savedQuery(of: Resource): Plain {
  type Export = { readonly name: string; readonly config: Plain }
  return {
    name: of.name,
    query_params: of.query_params,
    description: of.description,
    metadata: of.metadata,
    label: of.label,
    exports: ((of.exports ?? []) as Export[]).map(({ name, config }) => ({
      name,
      config: { export_as: config.export_as, schema_name: config.schema_name, alias: config.alias },
    })),
    tags: of.tags,
  }
}

function timeSpine(node: Node): Plain {
  type Spine = { standard_granularity_column: string; custom_granularities: Plain[] | null }
  const { standard_granularity_column: name, custom_granularities: custom } = node.time_spine as Spine
  const column = Object.values(node.columns).find(each => each.name === name)
  const { alias, schema: schema_name, database, relation_name } = node
  return {
    node_relation: { alias, schema_name, database, relation_name },
    primary_column: { name, time_granularity: column?.granularity ?? null },
    custom_granularities: (custom ?? []).map(each => ({ name: each.name, column_name: each.column_name })),
  }
}
