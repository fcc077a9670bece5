import { existsSync, realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Answer, Effect, QueryOptions, Store, TargetContext } from '../../connect/index.ts'
import {
  type Engine,
  openEngine,
  openFailure,
  readRows,
  type Session,
  unload,
  withSession,
} from '../../engine/index.ts'
import { Failure, failure } from '../../errors/index.ts'
import type { AssetName, Json } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import { catalog, publishedAssets, publishedColumns, tableOf } from './table.ts'
import { beginWork } from './work.ts'
import { effectsKeptDays } from './limits.ts'

/** What the store and its works share. */
export type Place = {
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
  const engine = await attached(file, context)
  const session = (signal?: AbortSignal) => engine.session({ path: file, catalog, signal })
  const main = await session()
  if (context.mode === 'write') await bookkeeping(main)
  // One after the other: schemas are made once and works begin at the same time.
  let schemas = Promise.resolve(0)
  const place: Place = {
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
  return {
    dialect: 'duckdb',
    query: (sql, options = {}) => withSession(session(options.signal), own => own.answer(sql, options)),
    read: (sql, { signal }) => readRows(session(signal), sql, { path: file, signal }),
    assets: () => withSession(session(), publishedAssets),
    columns: asset => withSession(session(), own => publishedColumns(own, asset)),
    effect: key => withSession(session(), own => findEffect(own, key)),
    begin: request => beginWork(place, request),
    unload: (sql, target) => withSession(session(target.signal), own => unload(own, sql, target)),
    close: async () => engine.close(),
  }
}

/** An engine with the file attached. The engine is shared by all that open the file in this process. */
async function attached(file: string, context: TargetContext): Promise<Engine> {
  const memory = file === ':memory:'
  if (context.mode === 'read' && !memory && !existsSync(file))
    throw failure('SLUICE_TARGET_NOT_FOUND', { path: file })
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
  const { tempDir, memoryBytesMax } = context
  const shared = memory ? {} : { shared: canonical(file) }
  const readOnly = context.mode === 'read' && !memory ? ' (read_only)' : ''
  let engine: Engine | undefined
  try {
    engine = await openEngine({ tempDir, memoryBytesMax, ...shared })
    await withSession(engine.session({ path: file }), ({ connection }) =>
      connection.run(`attach if not exists ${quoteText(file)} as ${catalog}${readOnly}`),
    )
    return engine
  } catch (thrown) {
    engine?.close()
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
  await forgetEffects(session)
}

const dayMs = 86_400_000

/**
 * A run that was killed is asked for by its effects, which are among the newest however long ago it was: only
 * what is much older than these is forgotten, and old by the clock as well, which may once have been wrong.
 */
async function forgetEffects(session: Session): Promise<void> {
  const keptMs = effectsKeptDays * dayMs
  try {
    await session.run(`delete from _sluice.effect where at_ms < ${Date.now() - keptMs}
      and at_ms < (select max(at_ms) from _sluice.effect) - ${keptMs}`)
  } catch (thrown) {
    // Another store of this process is at it.
    if (!(thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_CONFLICT')) throw thrown
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
