import type { SourceFile } from '../../connect/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import { brokenFile } from './dialect.ts'
import { type Loading, type Part, uniqueNames } from './stage.ts'

/**
 * Parquet is read where it lies, each time it is asked for: its types are given and its rows need no
 * refusing, so a copy would only cost (3 M rows: 100 ms to scan, 300 ms to stage). Columns that have other
 * types in other files are widened.
 */
export async function loadParquet(loading: Loading, files: readonly SourceFile[]): Promise<Part | undefined> {
  const { session } = loading
  const schemas = new Map<string, { readonly columns: readonly Column[]; readonly files: SourceFile[] }>()
  for (const file of files) {
    try {
      const columns = await session.describe(`from read_parquet(${quoteText(file.path)})`)
      const schema = schemas.get(JSON.stringify(columns))
      if (schema === undefined) schemas.set(JSON.stringify(columns), { columns, files: [file] })
      else schema.files.push(file)
    } catch (thrown) {
      throw brokenFile(thrown, { file: file.name, format: 'Parquet' })
    }
  }
  if (schemas.size === 0) return undefined
  const selects = [...schemas.values()].map(schema => select(schema.files, schema.columns))
  const good = selects.length === 1 ? (selects[0] ?? '') : `from (${selects.join(' union all by name ')})`
  const columns = (await session.describe(good)).filter(
    ({ name }) => name !== '_source' && name !== '_position',
  )
  const list = columns.map(({ name }) => quoteName(name)).join(', ')
  const rowsIn = await session.count(`select count(*) from (${good})`)
  return {
    good: `select ${list}, _source, _position from (${good})`,
    columns,
    rowsIn,
    bad: undefined,
    badRows: 0,
  }
}

function select(files: readonly SourceFile[], columns: readonly Column[]): string {
  const free = uniqueNames(columns.map(({ name }) => name))
  const list = columns.map(({ name }, i) => `${quoteName(name)} as ${quoteName(free[i] ?? name)}`).join(', ')
  const names = files.map(({ name }) => quoteText(name))
  const source = names.length === 1 ? names[0] : `([${names.join(', ')}])[file_index::bigint + 1]`
  return `(select ${list}, ${source} as _source, file_row_number::bigint + 1 as _position
    from read_parquet([${files.map(({ path }) => quoteText(path)).join(', ')}]))`
}
