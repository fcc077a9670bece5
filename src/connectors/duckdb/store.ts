import { existsSync, realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DuckDBInstance, type DuckDBResult } from '@duckdb/node-api'
import type { Answer, Effect, QueryOptions, RowValue, Store, TargetContext } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'
import type { AssetName, Json } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import { duckdbFailure, openFailure } from './failures.ts'
import { catalog, endStream, openSession, type Session } from './session.ts'
import { publishedAssets, publishedColumns, tableOf } from './table.ts'
import { unload } from './unload.ts'
import { rowValueOf } from './values.ts'
import { beginWork } from './work.ts'

/** What the store and its works share. */
export type Engine = {
  readonly path: string
  readonly tempDir: string
  /** A connection of its own. */
  session(signal?: AbortSignal): Promise<Session>
  /**
   * Make the asset's schema, outside of any work: two works that both created it would conflict at commit.
   */
  ensureSchema(asset: AssetName): Promise<void>
}

/** Open the database file and make what a store needs in it. */
export async function openStore(path: string, context: TargetContext): Promise<Store> {
  if (typeof path !== 'string' || path === '')
    throw failure('SLUICE_TARGET_OPTION', { option: 'path', wanted: 'a file' })
  const file = path === ':memory:' ? path : resolve(context.root, path)
  const instance = await openInstance(file, context)
  const open = new Set<Session>()
  const session = async (signal?: AbortSignal) => {
    const opened = await openSession(instance, { path: file, signal, closed: () => open.delete(opened) })
    open.add(opened)
    return opened
  }
  const main = await session()
  if (context.mode === 'write') await bookkeeping(main)
  // One after the other: schemas are made once and works begin at the same time.
  let schemas = Promise.resolve(0)
  const engine: Engine = {
    path: file,
    tempDir: context.tempDir,
    session,
    ensureSchema: asset => {
      const sql = `create schema if not exists ${quoteName(tableOf(asset).schema)}`
      const made = schemas.then(() => main.run(sql))
      schemas = made.catch(() => 0)
      return made.then(() => undefined)
    },
  }
  let closed = false
  return {
    dialect: 'duckdb',
    query: (sql, options = {}) => withSession(engine, options.signal, own => own.answer(sql, options)),
    read: (sql, { signal }) => readRows(engine, sql, signal),
    assets: () => withSession(engine, undefined, publishedAssets),
    columns: asset => withSession(engine, undefined, own => publishedColumns(own, asset)),
    effect: key => withSession(engine, undefined, own => findEffect(own, key)),
    begin: request => beginWork(engine, request),
    unload: (sql, target) => withSession(engine, target.signal, own => unload(own, sql, target)),
    close: async () => {
      if (closed) return
      closed = true
      // Works that are still under way are forgotten with their connections. DuckDB's instance cache would
      // wait for them for ever, at full speed, when the same file is opened again.
      for (const session of open) session.close()
      instance.closeSync()
    },
  }
}

async function openInstance(file: string, context: TargetContext): Promise<DuckDBInstance> {
  const memory = file === ':memory:'
  if (context.mode === 'read' && !memory && !existsSync(file))
    throw failure('SLUICE_TARGET_NOT_FOUND', { path: file })
  const tempDir = join(context.tempDir, 'duckdb')
  try {
    await mkdir(context.tempDir, { recursive: true })
    if (!memory) await mkdir(dirname(file), { recursive: true })
  } catch (thrown) {
    throw failure(
      'SLUICE_TARGET_UNWRITABLE',
      { path: file, words: (thrown as Error).message },
      { cause: thrown },
    )
  }
  const settings = {
    memory_limit: `${Math.floor(context.memoryBytesMax / 1024)}KiB`,
    temp_directory: tempDir,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  }
  // What is open already when something goes wrong must not stay so: the cache would hand the instance out
  // again, with whatever was attached to it.
  const opened: { closeSync(): void }[] = []
  try {
    // The instance cache is DuckDB's own: two instances over one file in one process would break each other's
    // locks (POSIX drops all of a process's locks on a file when any of its handles is closed).
    const instance = memory
      ? await DuckDBInstance.create(':memory:', settings)
      : await DuckDBInstance.fromCache(`:memory:${canonical(file)}`, settings)
    opened.unshift(instance)
    const readOnly = context.mode === 'read' && !memory ? ' (read_only)' : ''
    const connection = await instance.connect()
    opened.unshift(connection)
    await connection.run(`attach if not exists ${quoteText(file)} as ${catalog}${readOnly}`)
    // Locked already: this process has the file open, and shares its instance.
    const [[locked] = []] = (
      await connection.runAndReadAll("select current_setting('lock_configuration')")
    ).getRows()
    if (locked !== true) {
      await connection.run("set global TimeZone = 'UTC'")
      await connection.run('set lock_configuration = true')
    }
    connection.closeSync()
    return instance
  } catch (thrown) {
    for (const one of opened) one.closeSync()
    throw openFailure(thrown, file)
  }
}

/** The same file by any way to it. The file itself need not be there yet, its folder is. */
function canonical(file: string): string {
  return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file))
}

async function bookkeeping(session: Session): Promise<void> {
  await session.run(`create schema if not exists _sluice`)
  await session.run(`create schema if not exists _quarantine`)
  await session.run(`create table if not exists _sluice.effect (
    key varchar primary key, asset varchar not null, run varchar not null, at_ms bigint not null,
    counts json not null, record json not null)`)
}

async function withSession<T>(
  engine: Engine,
  signal: AbortSignal | undefined,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await engine.session(signal)
  try {
    return await act(session)
  } finally {
    session.close()
  }
}

async function* readRows(
  engine: Engine,
  sql: string,
  signal: AbortSignal,
): AsyncGenerator<readonly { readonly [column: string]: RowValue }[]> {
  const session = await engine.session(signal)
  let unread: DuckDBResult | undefined
  try {
    const result = await session.connection.stream(sql)
    unread = result
    const names = result.deduplicatedColumnNames()
    const values = result.columnTypes().map(rowValueOf)
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      if (signal.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
      yield chunk
        .getRows()
        .map(row => Object.fromEntries(row.map((value, i) => [names[i] ?? '', values[i]?.(value) ?? null])))
    }
    unread = undefined
    // An interrupted result ends as if it had no more rows.
    if (signal.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
  } catch (thrown) {
    throw duckdbFailure(thrown, { path: engine.path, signal })
  } finally {
    // Whoever read may have had enough.
    if (unread) await endStream(session.connection, unread)
    session.close()
  }
}

/** What was committed under this key. A file that no store has written to has no such table. */
export async function findEffect(session: Session, key: string): Promise<Effect | undefined> {
  if ((await publishedColumns(session, '_sluice.effect')) === undefined) return undefined
  const answer: Answer = await session.answer(
    'select asset, run, at_ms, counts, record from _sluice.effect where key = $1',
    { parameters: [key] } satisfies QueryOptions,
  )
  const [asset, run, atMs, counts, record] = answer.rows[0] ?? []
  if (asset == null || run == null) return undefined
  return {
    key,
    asset,
    run,
    atMs: Number(atMs),
    counts: JSON.parse(counts ?? '{}') as Effect['counts'],
    record: JSON.parse(record ?? 'null') as Json,
  }
}
