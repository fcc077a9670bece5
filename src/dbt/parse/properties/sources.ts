import { relation, rendered } from '../../adapter/relation.ts'
import { failure } from '../../../errors/index.ts'
import type { Resource } from '../../face.ts'
import { defaultConfig, finishedConfig } from '../../project/config.ts'
import { textsOf } from '../../project/tree.ts'
import { isObject, type Yaml, type YamlObject } from '../../yaml.ts'
import { parseGenericTest, type Tested } from '../generic-test.ts'
import { addDisabled, configOf, twice, unrenderedConfigOf } from '../node.ts'
import type { Parsing } from '../parsing.ts'
import { fqnPrefix } from '../source.ts'
import { columnsOf } from './columns.ts'
import { type Entry, invalidEntry, testsOf } from './entries.ts'
import { configTags } from './patch.ts'

/** A table of a source, before another package's word on it is heard. */
export type SourceTable = { readonly entry: Entry; readonly source: YamlObject; readonly table: YamlObject }

/** What one package says of a source of another: `overrides`. */
export type SourcePatches = Map<string, YamlObject>

function patchKey(packageName: string, source: string): string {
  return `${packageName}.${source}`
}

/** The tables of a source; or, where it overrides one of another package, that package's patch. */
export function tablesOf(entry: Entry, patches: SourcePatches): SourceTable[] {
  const { said } = entry
  if (typeof said.overrides === 'string') {
    const key = patchKey(said.overrides, String(said.name))
    if (patches.has(key)) throw invalidEntry(entry, `The source \`${key}\` is overridden twice.`)
    patches.set(key, said)
    return []
  }
  const tables = said.tables ?? []
  if (!Array.isArray(tables)) throw invalidEntry(entry, '`tables` must be a list.', 'tables')
  return tables.map((table, index) => {
    if (!isObject(table) || table.name === undefined)
      throw invalidEntry(entry, 'A table of a source has no `name`.', 'tables', index)
    return { entry, source: said, table }
  })
}

/** Put a source's table into the manifest, with the tests it is asked. */
export function addSource(parsing: Parsing, written: SourceTable, patches: SourcePatches): void {
  const { entry } = written
  const { file } = entry.at
  const patch = patches.get(patchKey(file.package.name, String(written.source.name)))
  const of = patch === undefined ? written : patched(written, patch)
  const { source, table } = of
  const [sourceName, name] = [String(source.name), String(table.name)]
  const unique_id = `source.${file.package.name}.${sourceName}.${name}`
  const fqn = [...fqnPrefix(file.package.name, file.path), sourceName, name]
  addTests(parsing, of, { sourceName, name })
  const made = sourceOf(parsing, of, { unique_id, fqn, sourceName, name })
  if (made.config.enabled === false) return addDisabled(parsing, made)
  const other = parsing.manifest.sources.get(unique_id)
  if (other !== undefined) throw twice(made, other)
  parsing.manifest.sources.set(unique_id, made)
}

function patched({ entry, source, table }: SourceTable, patch: YamlObject): SourceTable {
  const { name: _, overrides: __, tables, ...more } = patch
  const own = Array.isArray(tables)
    ? tables.filter(isObject).find(each => each.name === table.name)
    : undefined
  return { entry, source: { ...source, ...more }, table: { ...table, ...own } }
}

type Names = { readonly sourceName: string; readonly name: string }

function addTests(parsing: Parsing, of: SourceTable, { sourceName, name }: Names): void {
  const { entry, source, table } = of
  const { file } = entry.at
  const fail = (words: string) => invalidEntry(entry, words)
  const tested: Tested = {
    file,
    list: 'sources',
    name,
    source: sourceName,
    attached: undefined,
    tags: [...textsOf(source.tags), ...textsOf(table.tags)],
  }
  const quoting = {
    ...(isObject(source.quoting) && source.quoting),
    ...(isObject(table.quoting) && table.quoting),
  }
  const add = (on: Tested, test: Yaml): void => {
    const node = parseGenericTest(parsing, on, test)
    if (node.config.enabled === false) return addDisabled(parsing, node)
    const other = parsing.manifest.nodes.get(node.unique_id)
    if (other !== undefined) throw twice(node, other)
    parsing.manifest.nodes.set(node.unique_id, node)
  }
  for (const test of testsOf(table, fail)) add(tested, test)
  for (const column of columnsOf(table.columns, fail).values())
    for (const test of testsOf(column.said, fail)) {
      const { name: bare } = column.facts
      const tags = [...textsOf(column.said.tags), ...configTags(column)]
      const isQuoted = column.quote ?? quoting.column === true
      add({ ...tested, column: { name: isQuoted ? `"${bare}"` : bare, tags } }, test)
    }
}

type Identity = Names & { readonly unique_id: string; readonly fqn: string[] }

function sourceOf(
  parsing: Parsing,
  of: SourceTable,
  { unique_id, fqn, sourceName, name }: Identity,
): Resource {
  const { entry, source, table } = of
  const { file } = entry.at
  const configured = { resource_type: 'source' as const, package_name: file.package.name, fqn }
  const patch = sourceConfig(of)
  const config = finishedConfig('source', configOf(parsing, configured, { patch }))
  const quoting = quotingOf(source, table)
  const place = {
    database: source.database ? String(source.database) : parsing.profile.database,
    schema: source.schema ? String(source.schema) : sourceName,
    identifier: table.identifier ? String(table.identifier) : name,
  }
  const columns = columnsOf(table.columns, words => invalidEntry(entry, words))
  const written = entry.written
  return {
    ...place,
    name,
    resource_type: 'source',
    package_name: file.package.name,
    path: file.originalPath,
    original_file_path: file.originalPath,
    unique_id,
    fqn,
    source_name: sourceName,
    source_description: typeof source.description === 'string' ? source.description : '',
    loader: source.loader ?? '',
    quoting,
    loaded_at_field: config.loaded_at_field ?? null,
    loaded_at_query: config.loaded_at_query ?? null,
    freshness: config.freshness ?? null,
    external: externalOf(table.external),
    description: typeof table.description === 'string' ? table.description : '',
    columns: Object.fromEntries([...columns].map(([column, { facts }]) => [column, facts])),
    meta: config.meta ?? {},
    source_meta: { ...asObject(source.meta), ...asObject(asObject(source.config).meta) },
    tags: config.tags ?? [],
    config,
    patch_path: null,
    unrendered_config: unrenderedConfigOf(parsing, configured, { patch }),
    relation_name: sourceRelation(parsing, config, { ...place, name, sourceName, quoting }),
    created_at: parsing.createdAt,
    unrendered_database: written.database ?? null,
    unrendered_schema: written.schema ?? null,
    doc_blocks: [],
    depends_on: { macros: [], nodes: [] },
    refs: [],
    sources: [],
  } as unknown as Resource
}

function asObject(said: Yaml | undefined): YamlObject {
  return isObject(said) ? said : {}
}

/** Tables that lie outside of the database are read where `meta` says. */
function externalOf(said: Yaml | undefined): Yaml {
  if (!isObject(said)) return null
  const fields = {
    location: null,
    file_format: null,
    row_format: null,
    tbl_properties: null,
    partitions: null,
  }
  return { ...fields, ...said }
}

type Quoting = {
  database: boolean | null
  schema: boolean | null
  identifier: boolean | null
  column: boolean | null
}

function quotingOf(source: YamlObject, table: YamlObject): Quoting {
  const said = { ...asObject(source.quoting), ...asObject(table.quoting) }
  const of = (part: string): boolean | null => (typeof said[part] === 'boolean' ? said[part] : null)
  return {
    database: of('database'),
    schema: of('schema'),
    identifier: of('identifier'),
    column: of('column'),
  }
}

type SourcePlace = Names & {
  readonly database: string
  readonly schema: string
  readonly identifier: string
  readonly quoting: Quoting
}

/** A source that dbt-duckdb reads from files is written as their place. */
function sourceRelation({ root }: Parsing, config: Resource['config'], place: SourcePlace): string {
  const { database, schema, identifier, quoting } = place
  const of = (part: 'database' | 'schema' | 'identifier'): boolean =>
    quoting[part] ?? root.quoting[part] ?? true
  const quote = { database: of('database'), schema: of('schema'), identifier: of('identifier') }
  const known = defaultConfig('source')
  const more = Object.entries(config).filter(([option]) => !(option in known))
  const said = { ...config.meta, ...Object.fromEntries(more) }
  const external = typeof said.external_location === 'string' ? externalLocation(said, place) : null
  return rendered(relation({ database, schema, identifier, quote, external }))
}

function externalLocation(said: { readonly [key: string]: unknown }, place: SourcePlace): string {
  const { name, identifier, schema, database } = place
  const fields: { readonly [field: string]: unknown } = { name, identifier, schema, database, ...said }
  const location = String(said.external_location).replace(
    placeholder(said.formatter),
    (whole, field: string) => {
      const value = fields[field]
      return value === undefined ? whole : String(value)
    },
  )
  return location.includes('(') || location.startsWith("'") ? location : `'${location}'`
}

/** `{name}`, unless another way of writing is asked for. */
function placeholder(formatter: unknown): RegExp {
  if (formatter === 'oldstyle') return /%\((\w+)\)s/g
  return formatter === 'template' ? /\$\{?(\w+)\}?/g : /\{(\w+)\}/g
}

/** What source and table say, the table's word last. */
function sourceConfig({ entry, source, table }: SourceTable): YamlObject {
  const [outer, inner] = [asObject(source.config), asObject(table.config)]
  const config: YamlObject = { ...outer, ...inner }
  const freshness = freshnessOf([
    thresholdOf(source, 'freshness'),
    thresholdOf(outer, 'freshness'),
    thresholdOf(table, 'freshness'),
    thresholdOf(inner, 'freshness'),
  ])
  if (freshness === null) config.freshness = null
  else if (isSet(freshness)) config.freshness = freshness as unknown as YamlObject
  else delete config.freshness
  Object.assign(config, loadedAt(entry, { source, outer, table, inner }))
  config.meta = {
    ...asObject(source.meta),
    ...asObject(outer.meta),
    ...asObject(table.meta),
    ...asObject(inner.meta),
  }
  config.tags = [
    ...new Set([
      ...textsOf(source.tags),
      ...textsOf(outer.tags),
      ...textsOf(table.tags),
      ...textsOf(inner.tags),
    ]),
  ].sort()
  return config
}

type Said = {
  readonly source: YamlObject
  readonly outer: YamlObject
  readonly table: YamlObject
  readonly inner: YamlObject
}

/** By what the age of rows is told; a table that says null goes without what its source says. */
function loadedAt(entry: Entry, { source, outer, table, inner }: Said): YamlObject {
  const isSaid = 'loaded_at_field' in table || Boolean(inner.loaded_at_field)
  const own = table.loaded_at_field || inner.loaded_at_field || null
  const query = table.loaded_at_query ?? inner.loaded_at_query ?? null
  if (isSaid && query) throw bothAges(entry)
  const sourceField = source.loaded_at_field || outer.loaded_at_field || null
  const sourceQuery = source.loaded_at_query || outer.loaded_at_query || null
  if (sourceField && sourceQuery) throw bothAges(entry)
  return {
    loaded_at_field: isSaid ? own : sourceField,
    loaded_at_query: query ?? (isSaid ? null : sourceQuery),
  }
}

function bothAges({ at: { file } }: Entry): Error {
  const words = '`loaded_at_field` and `loaded_at_query` are both given.'
  return failure('SLUICE_DBT_PROPERTIES', { path: file.originalPath, words })
}

type Time = { readonly count: Yaml; readonly period: Yaml }
type Threshold = {
  readonly warn_after: Time | null
  readonly error_after: Time | null
  readonly filter: Yaml
}

const never: Time = { count: null, period: null }

/** null: it is said that there is none. */
function thresholdOf(said: YamlObject, name: string): Threshold | null {
  if (!(name in said)) return { warn_after: never, error_after: never, filter: null }
  const written = said[name]
  if (!isObject(written)) return null
  const time = (of: string): Time | null => {
    if (!(of in written)) return never
    const after = written[of]
    return isObject(after) ? { count: after.count ?? null, period: after.period ?? null } : null
  }
  return { warn_after: time('warn_after'), error_after: time('error_after'), filter: written.filter ?? null }
}

function isSet({ warn_after: warn, error_after: error }: Threshold): boolean {
  return hasTime(warn) || hasTime(error)
}

function hasTime(time: Time | null): time is Time {
  return time !== null && time.count !== null && time.period !== null
}

/** The nearer word wins, part by part; null takes everything away until something is said again. */
function freshnessOf(thresholds: readonly (Threshold | null)[]): Threshold | null {
  return thresholds.reduce((base, update) => {
    if (base === null) return update !== null && isSet(update) ? update : null
    if (update === null) return null
    return {
      warn_after: mergedTime(base.warn_after, update.warn_after),
      error_after: mergedTime(base.error_after, update.error_after),
      filter: update.filter ?? base.filter,
    }
  })
}

function mergedTime(base: Time | null, update: Time | null): Time | null {
  if (hasTime(base) && hasTime(update)) return update
  if (update === null) return null
  return hasTime(update) ? update : base
}
