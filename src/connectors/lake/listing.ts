import { openEngine, type Session } from '../../engine/index.ts'
import { asFailure, failure } from '../../errors/index.ts'
import { type Glance, glance, glanceOf } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import {
  asksForTables,
  findReferences,
  isListing,
  quoteAsset,
  quoteName,
  quoteText,
} from '../../sql/index.ts'
import { below } from './below.ts'
import type { Lake } from './lake.ts'
import { database, keyOf, nameIn, partsOf } from './names.ts'
import { openSeen, type SeenTables } from './seen.ts'
import { columnsBack, demandTypes, typesProperty } from './types.ts'

/** Memory of an engine that holds tables without rows. */
const memoryBytesMax = 256 * 1024 ** 2
/** Tables that are looked at, and declared, at a time. */
const batchMax = 100

/** Where a query of what there is can be run. */
export type Listing = { readonly session: Session; readonly sql: string; close(): void }

export type ListingOptions = {
  readonly tempDir: string
  /** Where what was seen is kept for the next listing. */
  readonly cacheDir: string
  readonly signal?: AbortSignal | undefined
}

/**
 * For a query that asks what there is: a DuckDB of its own in which all tables and views of the lake are
 * declared, with no rows in them. Every way that DuckDB has to be asked works in it, and nothing else is
 * seen. undefined: the query asks for rows.
 */
export async function openListing(
  lake: Lake,
  sql: string,
  { tempDir, cacheDir, signal }: ListingOptions,
): Promise<Listing | undefined> {
  if (!asksForTables(sql)) return undefined
  const names = await namesIn(lake)
  demandNoRows(sql, names)
  const engine = await openEngine({ tempDir, memoryBytesMax })
  try {
    const session = await engine.session({ path: lake.objects.describe, signal })
    await session.run(`attach ':memory:' as ${database}; use ${database}; detach memory`)
    const seen = await openSeen(lake.objects, cacheDir)
    await declare({ lake, seen }, session, names)
    await seen.keep()
    return { session, sql: withAllSchemas(sql), close: engine.close }
  } catch (thrown) {
    engine.close()
    throw thrown
  }
}

/** Names that mean something here, and the names of what they mean in the lake. */
type Names = ReadonlyMap<AssetName, AssetName>

async function namesIn({ assets, own, environment }: Lake): Promise<Names> {
  const all = new Set(await assets())
  const seen = [...all].map(at => (environment === undefined ? at : (nameIn(environment, at) ?? at)))
  return new Map(seen.toSorted().map(name => [name, all.has(own(name)) ? own(name) : name]))
}

/** The tables have no rows there: what would read them is told so, and not that they are empty. */
function demandNoRows(sql: string, names: Names): void {
  const known = new Set([...names.keys()].map(name => name.toLowerCase()))
  for (const reference of findReferences(sql)) {
    const asset = `${reference.schema ?? 'main'}.${reference.table}`
    if (!isListing(reference) && known.has(asset.toLowerCase()))
      throw failure('SLUICE_LAKE_LISTING', { asset })
  }
  if (/\bquery(_table)?\s*\(/i.test(sql)) throw failure('SLUICE_LAKE_LISTING', { asset: 'query(…)' })
}

/** SHOW TABLES tells those of one schema; here nobody can choose one, and `main` is hardly ever used. */
function withAllSchemas(sql: string): string {
  return /^\s*(show\s+tables|pragma\s+show_tables)\s*;?\s*$/i.test(sql)
    ? `select if(table_schema = 'main', table_name, table_schema || '.' || table_name) as name
       from information_schema.tables order by name`
    : sql
}

type Looking = { readonly lake: Lake; readonly seen: SeenTables }

async function declare(looking: Looking, session: Session, names: Names): Promise<void> {
  const { lake } = looking
  const said = await lake.views.all()
  const schemas = new Set([...names.keys()].map(name => partsOf(name).schema))
  for (const schema of schemas) await session.run(`create schema if not exists ${quoteName(schema)}`)
  const isView = (at: AssetName) => said.get(at)?.sql !== undefined
  const tables = [...names].filter(([, at]) => !isView(at))
  for (let start = 0; start < tables.length; start += batchMax) {
    const looks = tables.slice(start, start + batchMax).map(([name, at]) => tableSql(looking, name, at))
    await declareTables(session, await Promise.all(looks))
  }
  const views = [...names].flatMap(([name, at]) => {
    const sql = said.get(at)?.sql
    return sql === undefined ? [] : [[name.toLowerCase(), { name, sql }] as const]
  })
  await declareViews(session, new Map(views))
}

type Declaration = { readonly name: AssetName; readonly sql: string }

async function declareTables(session: Session, tables: readonly Declaration[]): Promise<void> {
  try {
    await session.run(tables.map(({ sql }) => sql).join(';\n'))
  } catch {
    for (const { name, sql } of tables)
      await session.run(sql).catch(thrown => session.run(unreadable(name, thrown)))
  }
}

/** `not exists`: two names of a lake may differ in case alone, which DuckDB does not tell apart. */
async function tableSql(looking: Looking, name: AssetName, at: AssetName): Promise<Declaration> {
  const table = quoteAsset(name)
  try {
    const { fields, metadata, comments } = await glanceAt(looking, at)
    demandTypes(name, { metadata })
    const types = columnsBack(fields, metadata.configuration[typesProperty])
    const columns = types.map(
      (column, i) =>
        `${quoteName(column.name)} ${column.type}${fields[i]?.nullable === false ? ' not null' : ''}`,
    )
    const said = [...comments].map(
      ([column, words]) => `comment on column ${table}.${quoteName(column)} is ${quoteText(words)}`,
    )
    const { description } = metadata
    if (description) said.push(`comment on table ${table} is ${quoteText(description)}`)
    return { name, sql: [`create table if not exists ${table} (${columns.join(', ')})`, ...said].join(';\n') }
  } catch (thrown) {
    return { name, sql: unreadable(name, thrown) }
  }
}

async function glanceAt({ lake, seen }: Looking, at: AssetName): Promise<Glance> {
  const folder = keyOf(at)
  const glanced = await glance(below(lake.objects, folder), seen.get(folder))
  if (glanced) {
    seen.set(folder, glanced)
    return glanceOf(glanced.metadata)
  }
  const snapshot = await (await lake.table(at)).latest()
  if (snapshot === undefined) throw failure('SLUICE_LAKE_NO_PAST', { asset: at })
  return glanceOf(snapshot.metadata)
}

/** A table that cannot be read hides no other one; who asks it for rows is told why. */
function unreadable(name: AssetName, thrown: unknown): string {
  const words = quoteText(asFailure(thrown, `looking at \`${name}\``).title)
  const table = quoteAsset(name)
  return `create table if not exists ${table} (unreadable varchar); comment on table ${table} is ${words}`
}

/** After the views that they read. */
async function declareViews(session: Session, views: ReadonlyMap<string, Declaration>): Promise<void> {
  const begun = new Set<string>()
  const declareOne = async (key: string): Promise<void> => {
    const view = views.get(key)
    if (view === undefined || begun.has(key)) return
    begun.add(key)
    for (const { schema, table } of findReferences(view.sql))
      await declareOne(`${schema ?? 'main'}.${table}`.toLowerCase())
    await session
      .run(`create view ${quoteAsset(view.name)} as ${view.sql}\n`)
      .catch(thrown => session.run(unreadable(view.name, thrown)))
  }
  for (const key of views.keys()) await declareOne(key)
}
