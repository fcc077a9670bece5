import type { Catalog } from '../build/catalog.ts'
import type { Table } from '../context/table.ts'
import type { Manifest, Node, Resource, UniqueId } from '../face.ts'
import { metadataOf } from './metadata.ts'

export type CatalogRun = {
  readonly manifest: Manifest
  readonly found: Catalog
  /** Only these are shown; absent: all. */
  readonly selected?: ReadonlySet<UniqueId>
  readonly generatedAtMs: number
}

type Row = ReadonlyMap<string, unknown>

type Relation = {
  readonly metadata: { readonly [field: string]: unknown }
  readonly columns: { [name: string]: { readonly [field: string]: unknown } }
  readonly stats: { readonly [id: string]: unknown }
}

/** `catalog.json`, schema version 1: the tables of nodes and sources as the database knows them. */
export function catalogArtifact(run: CatalogRun): { readonly [field: string]: unknown } {
  const { manifest, selected } = run
  const { tables, errors } = run.found
  const relations = relationsOf(tables)
  const shown = (resources: Iterable<readonly [UniqueId, Resource]>, nameOf: (of: Resource) => unknown) =>
    Object.fromEntries(
      Array.from(resources).flatMap(([id, of]) => {
        const relation = relations.get(keyOf(of.database, of.schema, nameOf(of)))
        const isShown = relation !== undefined && (selected === undefined || selected.has(id))
        return isShown ? [[id, { ...relation, unique_id: id }] as const] : []
      }),
    )
  return {
    metadata: metadataOf(manifest, 'catalog/v1', run.generatedAtMs),
    nodes: shown(relationalOf(manifest), ({ alias }) => alias),
    sources: shown(manifest.sources, ({ identifier }) => identifier),
    errors: errors.length > 0 ? errors : null,
  }
}

/** Tests that keep no failures have a name in the database, and nothing there. */
function relationalOf({ nodes }: Manifest): Iterable<readonly [UniqueId, Node]> {
  return [...nodes].filter(([, { relation_name: name }]) => name !== null)
}

/** Databases fold case as they like. */
function keyOf(database: unknown, schema: unknown, name: unknown): string {
  return JSON.stringify([database ?? null, schema, name].map(each => each && String(each).toLowerCase()))
}

function relationsOf(found: readonly Table[]): ReadonlyMap<string, Relation> {
  const relations = new Map<string, Relation>()
  for (const row of found.flatMap(rowsOf)) {
    const key = keyOf(row.get('table_database'), row.get('table_schema'), row.get('table_name'))
    const known = relations.get(key) ?? relationOf(row)
    relations.set(key, known)
    const { name, ...column } = withPrefix(row, 'column_')
    known.columns[String(name)] = {
      type: String(column.type),
      index: Number(column.index),
      name: String(name),
      comment: column.comment ?? null,
    }
  }
  return relations
}

/** Names of columns come in capitals from some databases. */
function rowsOf({ names, rows }: Table): readonly Row[] {
  const folded = names.map(name => name.toLowerCase())
  return rows.map(row => new Map(folded.map((name, i) => [name, row[i] ?? null])))
}

function relationOf(row: Row): Relation {
  const { type, schema, name, database = null, comment = null, owner = null } = withPrefix(row, 'table_')
  return { metadata: { type, schema, name, database, comment, owner }, columns: {}, stats: statsOf(row) }
}

function withPrefix(row: Row, prefix: string): { readonly [name: string]: unknown } {
  const own = [...row].filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

/**
 * `stats:rows:label`, `stats:rows:value` … of databases that tell of sizes; whether there are any is always
 * said.
 */
function statsOf(row: Row): { readonly [id: string]: unknown } {
  const said = withPrefix(row, 'stats:')
  const ids = [...new Set(Object.keys(said).map(name => name.slice(0, name.indexOf(':'))))]
  const stats = ids.flatMap(id => {
    const [label, value, description = null, include] = ['label', 'value', 'description', 'include'].map(
      field => said[`${id}:${field}`],
    )
    return include === true ? [[id, { id, label, value, include, description }] as const] : []
  })
  const has_stats = {
    id: 'has_stats',
    label: 'Has Stats?',
    value: stats.length > 0,
    include: false,
    description: 'Whether the database told of sizes.',
  }
  return Object.fromEntries([...stats, ['has_stats', has_stats]])
}
