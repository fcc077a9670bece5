import type { Session } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import type { Snapshot } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import { type AsOf, findReferences, quoteAsset, quoteName, quoteText, replacePast } from '../../sql/index.ts'
import type { Lake } from './lake.ts'
import { database, nameIn, partsOf } from './names.ts'
import { versionOf } from './past.ts'
import { comeBack, demandTypes, typesProperty } from './types.ts'
import type { View } from './views.ts'

/** What an asset is to one query or work; `at` is its name in the lake. */
export type Pinned = { readonly asset: AssetName; readonly at: AssetName } & (
  | { readonly kind: 'table'; readonly snapshot: Snapshot }
  | { readonly kind: 'view'; readonly view: View & { readonly sql: string } }
)

/**
 * What one query or work sees: assets under their names, each at the version that it had when it was looked
 * at first. DuckDB has no way to be asked for a table while it plans, so that the names of a query are found
 * before and made views of a catalogue that this session alone has.
 */
export type Sight = {
  readonly session: Session
  /** Make everything visible that the SQL reads. Returns the SQL to run. */
  see(sql: string): Promise<string>
  /** The asset as it is seen; undefined: there is none. */
  pinned(asset: AssetName): Promise<Pinned | undefined>
  /** What is said of the name in the lake's catalogue of views. */
  said(at: AssetName): Promise<View | undefined>
  /** From now on the name means these rows; undefined: nothing. */
  show(asset: AssetName, sql: string | undefined): Promise<void>
  close(): void
}

/** The rows of a table, or of a scan of it, with the columns as they were written. */
export function rowsOf(
  { fields, metadata }: Pick<Snapshot, 'fields' | 'metadata'>,
  scan: string,
  more = '',
): string {
  return `select ${comeBack(fields, metadata.configuration[typesProperty])}${more} from (${scan})`
}

/** Catalogues of sessions that have ended, and the next free number. */
export type Catalogs = { next: number; readonly ended: string[] }

export async function openSight(
  lake: Lake,
  { catalogs, signal }: { readonly catalogs: Catalogs; readonly signal?: AbortSignal | undefined },
): Promise<Sight> {
  const catalog = `_sluice_${catalogs.next++}`
  const session = await lake.engine.session({ path: lake.objects.describe, signal })
  for (const ended of catalogs.ended.splice(0)) await session.run(`detach ${quoteName(ended)}`)
  await session.run(`attach ':memory:' as ${quoteName(catalog)}`)
  await session.run(`use ${quoteName(catalog)}`)
  const sight = seeing(lake, session)
  return {
    ...sight,
    session,
    close: () => {
      session.close()
      catalogs.ended.push(catalog)
    },
  }
}

function seeing(lake: Lake, session: Session): Omit<Sight, 'session' | 'close'> {
  // Names in lower case, as DuckDB compares them.
  const found = new Map<string, Promise<Pinned | undefined>>()
  const shown = new Map<string, Promise<void>>()
  let views: ReturnType<Lake['views']['all']> | undefined
  const create = async (asset: AssetName, sql: string) => {
    await session.run(`create schema if not exists ${quoteName(partsOf(asset).schema)}`)
    await session.run(`create or replace view ${quoteAsset(asset)} as ${sql}\n`)
  }
  const catalogue = () => {
    views ??= lake.views.all()
    return views
  }
  const pinned = (asset: AssetName) =>
    once(found, asset, () => named(lake, asset, async name => find(lake, name, await catalogue())))
  const said = async (at: AssetName) => (await catalogue()).get(at)
  const appear = (asset: AssetName): Promise<void> =>
    once(shown, asset, async () => {
      const pin = await pinned(asset)
      if (pin === undefined) return
      if (pin.kind === 'table') demandTypes(pin.asset, pin.snapshot)
      const sql =
        pin.kind === 'view' ? await see(pin.view.sql) : rowsOf(pin.snapshot, (await pin.snapshot.scan()).sql)
      await create(pin.asset, sql)
    })
  const past = async (asset: AssetName, asOf: AsOf, name: string) => {
    const own = await named(lake, asset, async name => placeOf(lake, name, await catalogue()))
    if (own === undefined || !(await lake.has(own))) throw failure('SLUICE_LAKE_NO_PAST', { asset })
    const snapshot = await versionOf(session, await lake.table(own), asOf)
    demandTypes(asset, snapshot)
    await create(name, rowsOf(snapshot, (await snapshot.scan()).sql))
  }
  const see = async (sql: string): Promise<string> => {
    const ago: Promise<void>[] = []
    const text = replacePast(sql, ({ reference, asOf }) => {
      const asset = assetOf(reference)
      const name = `${asset} ${JSON.stringify(asOf)}`
      ago.push(once(shown, name, () => past(asset, asOf, name)))
      return quoteAsset(name)
    })
    await Promise.all(ago)
    const plain = withoutDatabase(text)
    const here = findReferences(plain).filter(
      ({ offset, length }) => !isTemporary(plain.slice(offset, offset + length)),
    )
    await Promise.all(here.map(reference => appear(assetOf(reference))))
    return plain
  }
  const show = async (asset: AssetName, sql: string | undefined) => {
    const key = asset.toLowerCase()
    if (sql === undefined) await drop(session, asset)
    else await create(asset, sql)
    shown.set(key, Promise.resolve())
  }
  return { see, pinned, said, show }
}

function once<T>(memory: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const key = name.toLowerCase()
  const made = memory.get(key) ?? make()
  memory.set(key, made)
  return made
}

function assetOf({
  schema,
  table,
}: {
  readonly schema: string | undefined
  readonly table: string
}): AssetName {
  return `${schema ?? 'main'}.${table}`
}

/** `lake.gold.daily`, as a listing names it: the session has a catalogue of another name. */
function withoutDatabase(sql: string): string {
  if (!sql.toLowerCase().includes(database)) return sql
  let [plain, done] = ['', 0]
  for (const { catalog, schema, table, offset, length } of findReferences(sql)) {
    if (catalog?.toLowerCase() !== database) continue
    plain += sql.slice(done, offset) + quoteAsset(`${schema}.${table}`)
    done = offset + length
  }
  return plain + sql.slice(done)
}

/** The session's own relations. */
function isTemporary(path: string): boolean {
  return /^"?temp"?\s*\./i.test(path)
}

async function drop(session: Session, asset: AssetName): Promise<void> {
  const { schema, table } = partsOf(asset)
  const there = await session.count(
    `select count(*) from duckdb_views() where database_name = current_database()
     and schema_name = ${quoteText(schema)} and view_name = ${quoteText(table)}`,
  )
  if (there > 0) await session.run(`drop view ${quoteAsset(asset)}`)
}

type Catalogue = ReadonlyMap<AssetName, View>

/** What `look` finds under this name, whatever its case. */
async function named<T>(
  lake: Lake,
  asset: AssetName,
  look: (name: AssetName) => Promise<T | undefined>,
): Promise<T | undefined> {
  const exact = await look(asset)
  if (exact !== undefined) return exact
  const name = asset.toLowerCase()
  if (asset.startsWith('main._sluice')) return undefined
  const alike = (await seenNames(lake)).find(other => other.toLowerCase() === name)
  return alike === undefined ? undefined : look(alike)
}

/** Names that mean something here: those of the lake, and what the environment calls its own. */
export async function seenNames(lake: Lake): Promise<readonly AssetName[]> {
  const { environment } = lake
  const all = await lake.assets()
  if (environment === undefined) return all
  return [...new Set(all.map(name => nameIn(environment, name) ?? name))].sort()
}

/** Where the name stands: the environment's own first, then the base's. No log is read for it. */
async function placeOf(lake: Lake, asset: AssetName, views: Catalogue): Promise<AssetName | undefined> {
  for (const at of new Set([lake.own(asset), asset])) {
    const view = views.get(at)
    if (view ? view.sql !== undefined : await lake.has(at)) return at
  }
  return undefined
}

/** The asset of this name at its newest version. */
async function find(lake: Lake, asset: AssetName, views: Catalogue): Promise<Pinned | undefined> {
  const at = await placeOf(lake, asset, views)
  if (at === undefined) return undefined
  const view = views.get(at)
  if (view?.sql !== undefined) return { kind: 'view', asset, at, view: { ...view, sql: view.sql } }
  const snapshot = await (await lake.table(at)).latest()
  return snapshot && { kind: 'table', asset, at, snapshot }
}
