import type { Session } from '../../engine/index.ts'
import type { AssetName, Column } from '../../model/index.ts'
import { quoteText } from '../../sql/index.ts'

/**
 * The file is attached under this name to an engine in memory. Opened directly, its catalogue would be
 * called after the file, and in `raw.duckdb` DuckDB refuses `raw.orders`: "Ambiguous reference to catalog or
 * schema".
 */
export const catalog = '_sluice_file'

/** Schema and table of an asset: the first dot parts them. */
export function tableOf(asset: AssetName): { readonly schema: string; readonly table: string } {
  const dot = asset.indexOf('.')
  if (dot < 0) return { schema: 'main', table: asset }
  return { schema: asset.slice(0, dot), table: asset.slice(dot + 1) }
}

/** Names of the store's tables and views, its own schemas aside. */
export async function publishedAssets(session: Session): Promise<readonly AssetName[]> {
  const found = await session.rows(
    `select distinct schema_name || '.' || table_name from duckdb_columns()
     where database_name = '${catalog}' and not internal and not starts_with(schema_name, '_') order by 1`,
  )
  return found.map(([name]) => name ?? '')
}

/** Columns of a table or view of the store, in order; undefined: there is none. */
export async function publishedColumns(
  session: Session,
  asset: AssetName,
): Promise<readonly Column[] | undefined> {
  const { schema, table } = tableOf(asset)
  const found = await session.rows(
    `select column_name, data_type, is_nullable from duckdb_columns()
     where database_name = '${catalog}' and schema_name = ${quoteText(schema)}
       and table_name = ${quoteText(table)}
     order by column_index`,
  )
  if (found.length === 0) return undefined
  return found.map(([name, type, nullable]) => ({
    name: name ?? '',
    type: type ?? '',
    nullable: nullable === 'true',
  }))
}
