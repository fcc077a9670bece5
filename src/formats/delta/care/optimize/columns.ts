import { failure } from '../../../../errors/index.ts'
import type { TableField } from '../../../../tables/index.ts'
import type { Snapshot } from '../../face.ts'
import { partitionsOf } from '../../log/partitions.ts'

/** Columns as paths into structs, by the names that people use. */
export type ColumnPaths = readonly (readonly string[])[]

/** Columns of a clustered table, in the order of the log; none: it is not clustered. */
export async function clusteringColumns(snapshot: Snapshot): Promise<ColumnPaths> {
  const configuration = await snapshot.domain('delta.clustering')
  if (configuration === undefined) return []
  const { clusteringColumns: stored = [] } = JSON.parse(configuration) as {
    readonly clusteringColumns?: readonly (string | readonly string[])[]
  }
  // "Writer Requirements for Clustered Table": physical names under column mapping.
  return stored.map(path => namedPath(snapshot.fields, typeof path === 'string' ? [path] : path))
}

function namedPath(fields: readonly TableField[], stored: readonly string[]): readonly string[] {
  const [first, ...rest] = stored
  const field = fields.find(each => each.stored === first)
  if (!field) return refuse(stored.join('.'), 'The table is clustered by it, and has no such column.')
  return [field.name, ...(rest.length > 0 ? namedPath(innerFields(field), rest) : [])]
}

/** Names as people give them, `a.b` a field of a struct: found, and fit to order rows by. */
export function layoutColumns({ fields, metadata }: Snapshot, names: readonly string[]): ColumnPaths {
  const isPartition = partitionsOf(metadata)
  return names.map(name => {
    const path = findPath(fields, name)
    const [top] = path
    if (top && isPartition(top))
      refuse(name, 'It is a partition column: its values lie in files of their own.')
    if (path.at(-1)?.type.kind !== 'scalar')
      refuse(name, 'Only plain values have an order, not structs or lists.')
    return path.map(field => field.name)
  })
}

/** A name with dots may be one name; else its parts lead into structs. */
function findPath(fields: readonly TableField[], name: string): readonly TableField[] {
  const same = (field: TableField, text: string) => field.name.toLowerCase() === text.toLowerCase()
  const whole = fields.find(field => same(field, name))
  if (whole) return [whole]
  const outer = fields.find(
    field => same(field, name.slice(0, field.name.length)) && name[field.name.length] === '.',
  )
  if (outer) return [outer, ...findPath(innerFields(outer), name.slice(outer.name.length + 1))]
  return refuse(name, 'The table has no such column.')
}

function innerFields({ type }: TableField): readonly TableField[] {
  return type.kind === 'struct' ? type.fields : []
}

function refuse(column: string, words: string): never {
  throw failure('SLUICE_DELTA_LAYOUT_REFUSED', { column, words })
}
