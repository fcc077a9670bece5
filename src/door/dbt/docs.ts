import { type Catalog, readCatalog } from '../../dbt/index.ts'
import { compiled } from './compile.ts'
import type { CatalogReport } from './face.ts'
import type { Opened } from './opened.ts'

/** `docs generate`: compile all, ask the database for columns, and write what pages of documentation read. */
export async function documented(rooms: Opened): Promise<CatalogReport> {
  const { settings, options } = rooms
  const compile = settings.choice('compile') ?? true
  const nodes = compile ? await compiled(rooms) : []
  const failed = nodes.flatMap(({ words }) => (words === undefined ? [] : [words]))
  if (failed.length > 0) return { columns: 0, errors: failed }
  const catalog: Catalog = settings.isOn('empty-catalog')
    ? { tables: [], errors: [] }
    : await readCatalog(await rooms.world([]), options.signal)
  const columns = catalog.tables.reduce((sum, { rows }) => sum + rows.length, 0)
  return { columns, errors: catalog.errors }
}
