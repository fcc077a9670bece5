import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalog, readCatalog } from '../../dbt/index.ts'
import { compiled } from './compile.ts'
import { artifactsOf } from './artifacts.ts'
import type { CatalogReport } from './face.ts'
import type { Opened } from './opened.ts'
import { selected } from './selection.ts'
import type { Settings } from './settings.ts'

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
  copyAssets(rooms)
  const artifacts = artifactsOf(rooms)
  if (!compile) artifacts.manifest()
  artifacts.catalog(
    catalog,
    isNarrowed(settings) ? new Set([...selected(rooms), ...sources(rooms)]) : undefined,
  )
  const columns = catalog.tables.reduce((sum, { rows }) => sum + rows.length, 0)
  return { columns, errors: catalog.errors }
}

function isNarrowed(settings: Settings): boolean {
  const words = [...settings.texts('select'), ...settings.texts('exclude')]
  return words.length > 0 || settings.text('selector') !== undefined
}

function sources(rooms: Opened): readonly string[] {
  const { manifest } = rooms.parsed()
  return selected(rooms, 'list').filter(id => manifest.sources.has(id))
}

/** Pictures and the like that descriptions show. */
function copyAssets(rooms: Opened): void {
  const { project } = rooms.parsed()
  for (const path of project.paths.assets) {
    const [from, to] = [join(rooms.root, path), join(rooms.targetDir(), path)]
    rmSync(to, { recursive: true, force: true })
    if (existsSync(from)) cpSync(from, to, { recursive: true })
  }
}
