import type { Session } from '../../../../engine/index.ts'
import { failure } from '../../../../errors/index.ts'
import { quoteText } from '../../../../sql/index.ts'
import { type ColumnStatistics, parseType, type TableField, typeSql } from '../../../../tables/index.ts'
import { deltaType, engineType } from '../../schema/types.ts'

// What the footers of Parquet files say: columns and their bounds. No data is read.

/** A Parquet file on this machine. */
export type Footer = { readonly path: string; readonly key: string }

/** The columns of all files. A column has one type in all of them; it may be absent from some. */
export async function columnsOf(
  session: Session,
  { files, place }: { readonly files: readonly Footer[]; readonly place: string },
): Promise<readonly TableField[]> {
  const columns = new Map<string, TableField>()
  for (const path of await unlikeFiles(session, files)) {
    for (const { name, type } of await session.describe(`from read_parquet(${quoteText(path)})`)) {
      const field = fieldOf(name, type, place)
      const stands = columns.get(name.toLowerCase())
      if (!stands) columns.set(name.toLowerCase(), field)
      else if (stands.name !== name || typeSql(stands.type) !== typeSql(field.type))
        refuse(
          place,
          `\`${name}\` is ${type} in one file and \`${stands.name}\` ${typeSql(stands.type)} in another.`,
        )
    }
  }
  return [...columns.values()]
}

/** One file for each way in which columns are stored. */
async function unlikeFiles(session: Session, files: readonly Footer[]): Promise<readonly string[]> {
  const column = `concat_ws('|', name, type, type_length, num_children, converted_type, scale, precision,
    logical_type)`
  const rows = await session.rows(`select min(file_name) from (
      select file_name, md5(string_agg(${column}, ';' order by column_id)) as print
      from parquet_schema(${list(files)}) group by file_name)
    group by print order by 1`)
  return rows.map(([path]) => path ?? '')
}

/** Names that Parquet files of Spark cannot have, and tables without column mapping neither. */
const namesRefused = /[ ,;{}()\n\t=]/

function fieldOf(name: string, sql: string, place: string): TableField {
  if (namesRefused.test(name))
    refuse(place, `The column \`${name}\` has a character that Delta does not store.`)
  const type = parseType(sql)
  checkType(type, { name, place })
  return { name, stored: name, type, nullable: true }
}

/** The files stay as they are: other readers must find in them what the log says. */
function checkType(type: TableField['type'], at: { readonly name: string; readonly place: string }): void {
  switch (type.kind) {
    case 'scalar': {
      const delta = deltaType(type.sql)
      const isSame = delta !== undefined && (engineType(delta) === type.sql || type.sql === 'JSON')
      if (!isSame) refuse(at.place, `\`${at.name}\` is ${type.sql}, which Delta does not have.`)
      return
    }
    case 'struct':
      for (const field of type.fields) {
        if (namesRefused.test(field.name)) refuse(at.place, `\`${at.name}.${field.name}\` cannot be stored.`)
        checkType(field.type, { ...at, name: `${at.name}.${field.name}` })
      }
      return
    case 'list':
      return checkType(type.element.type, at)
    case 'map':
      checkType(type.key.type, at)
      return checkType(type.value.type, at)
  }
}

function refuse(place: string, words: string): never {
  throw failure('SLUICE_DELTA_CONVERT_REFUSED', { place, words })
}

/** What one footer says. */
export type Stated = { readonly rows: number; readonly columns: readonly ColumnStatistics[] }

/** Rows and bounds of each file, by path. */
export async function statedBy(
  session: Session,
  { files, fields }: { readonly files: readonly Footer[]; readonly fields: readonly TableField[] },
): Promise<ReadonlyMap<string, Stated>> {
  const bounds = leavesByType(fields).map(([type, paths]) => boundsSql(type, paths, files))
  const told =
    bounds.length === 0 ? 'select null as file_name, null as stated where false' : bounds.join(' union all ')
  const sql = `select f.file_name, f.num_rows, to_json(list(b.stated) filter (b.stated is not null))
    from parquet_file_metadata(${list(files)}) as f left join (${told}) as b using (file_name)
    group by f.file_name, f.num_rows`
  return new Map(
    (await session.rows(sql)).map(([path, rows, stated]) => {
      const columns = (JSON.parse(stated ?? '[]') as readonly StatedColumn[]).map(statisticsOf)
      return [path ?? '', { rows: Number(rows), columns }]
    }),
  )
}

type StatedColumn = {
  readonly path: string
  readonly min: string | null
  readonly max: string | null
  readonly nulls: number | null
  readonly hasNan: boolean
}

function statisticsOf({ path, min, max, nulls, hasNan }: StatedColumn): ColumnStatistics {
  return {
    path: path.split(separator),
    min: min ?? undefined,
    max: max ?? undefined,
    nulls: nulls ?? undefined,
    hasNan,
  }
}

/** DuckDB's, between the names of a path. Names with a comma were refused. */
const separator = ', '
/** Types whose bounds in footers mean the same as in Delta. */
const bounded = /^(?:TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL\(.*|VARCHAR|DATE|TIMESTAMP.*)$/

function leavesByType(fields: readonly TableField[]): readonly (readonly [string, readonly string[]])[] {
  const byType = new Map<string, string[]>()
  const walk = (field: TableField, path: readonly string[]): void => {
    const at = [...path, field.stored]
    if (field.type.kind === 'struct') for (const inner of field.type.fields) walk(inner, at)
    if (field.type.kind !== 'scalar') return
    byType.set(field.type.sql, [...(byType.get(field.type.sql) ?? []), at.join(separator)])
  }
  for (const field of fields) walk(field, [])
  return [...byType]
}

/**
 * Bounds over all row groups: known only where each of them tells its own, or has nothing but NULL. Texts are
 * compared as their type: `9` comes before `10`. INT96 has an order of its own and tells none.
 */
function boundsSql(type: string, paths: readonly string[], files: readonly Footer[]): string {
  const known =
    bounded.test(type) &&
    `count(*) filter (stats_min_value is null or stats_max_value is null or type = 'INT96')
    = count(*) filter (stats_null_count = num_values)`
  const bound = (of: string) => (known ? `case when ${known} then ${of}::varchar end` : 'null')
  const min = bound(`min(try_cast(stats_min_value as ${type}))`)
  const max = bound(`max(try_cast(stats_max_value as ${type}))`)
  const nulls = 'case when count(stats_null_count) = count(*) then sum(stats_null_count)::bigint end'
  // Some writers leave not-a-number out of the bounds: an upper bound of floats is not believed.
  const mayHaveNan = type === 'FLOAT' || type === 'DOUBLE'
  const stated = `{path: path_in_schema, min: ${min}, max: ${max}, nulls: ${nulls}, hasNan: ${mayHaveNan}}`
  return `select file_name, ${stated} as stated
    from parquet_metadata(${list(files)}) where path_in_schema in (${paths.map(quoteText).join(', ')})
    group by file_name, path_in_schema`
}

function list(files: readonly Footer[]): string {
  return `[${files.map(({ path }) => quoteText(path)).join(', ')}]`
}
