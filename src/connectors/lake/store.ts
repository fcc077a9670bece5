import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Store, TargetContext } from '../../connect/index.ts'
import { openEngine, readRows, type Row, type Session, unload, withSession } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import { type ObjectStore, openObjects } from '../../objects/index.ts'
import { quoteAsset, writingWord } from '../../sql/index.ts'
import { openDirect } from '../../tables/index.ts'
import { policyOf } from './care.ts'
import { environmentsOf } from './environments.ts'
import type { LakeOptions } from './index.ts'
import { type Lake, lakeOf } from './lake.ts'
import { openListing } from './listing.ts'
import { effectOf, settleAll } from './publish/publish.ts'
import { type Catalogs, openSight, seenNames, type Sight } from './sight.ts'
import { versionsOf } from './versions.ts'
import { beginWork } from './work.ts'

/** Open the lake at the path of the options. */
export async function openStore(options: LakeOptions, context: TargetContext): Promise<Store> {
  const { path, format = 'delta' } = options
  if (typeof path !== 'string' || path === '')
    throw failure('SLUICE_TARGET_OPTION', { option: 'path', wanted: 'a folder or an address' })
  if (format !== 'delta') throw failure('SLUICE_TARGET_OPTION', { option: 'format', wanted: '`delta`' })
  return openLake(await objectsAt(options, context), { options, context })
}

async function objectsAt(options: LakeOptions, { root, mode, signal }: TargetContext): Promise<ObjectStore> {
  const { path, endpoint, region, profile } = options
  const isAddress = /^[a-z][a-z0-9+.-]+:/i.test(path)
  const url = isAddress ? path : resolve(root, path)
  if (!isAddress) {
    if (mode === 'read' && !existsSync(url)) throw failure('SLUICE_TARGET_NOT_FOUND', { path: url })
    await made(url)
  }
  const s3 = { ...(endpoint && { endpoint }), ...(region && { region }), ...(profile && { profile }) }
  return openObjects(url, { signal, env: process.env, s3 })
}

async function made(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (thrown) {
    const words = (thrown as Error).message
    throw failure('SLUICE_TARGET_UNWRITABLE', { path: folder, words }, { cause: thrown })
  }
}

type Opening = {
  readonly options: Omit<LakeOptions, 'path'>
  readonly context: TargetContext
  readonly nowMs?: () => number
}

/** The store over a lake in these objects. */
export async function openLake(objects: ObjectStore, opening: Opening): Promise<Store> {
  const { options, context, nowMs = Date.now } = opening
  const { tempDir, memoryBytesMax, mode, signal, environment } = context
  const policy = policyOf(options.care)
  await made(tempDir)
  const own = join(tempDir, `objects-${randomUUID()}`)
  const httpfs = objects.direct !== undefined && options.httpfs !== false
  const engine = await openEngine({ tempDir, memoryBytesMax, httpfs })
  const direct = await openDirect(engine, objects)
  const cacheDir = context.cacheDir ?? own
  const lake = lakeOf({
    objects,
    engine,
    environment,
    signal,
    cacheDir,
    direct,
    properties: propertiesOf(options),
    nowMs,
  })
  const catalogs: Catalogs = { next: 0, ended: [] }
  const path = objects.describe
  const seeing = (wish: AbortSignal | undefined) => openSight(lake, { catalogs, signal: wish })
  const ask = async (sql: string, wish: AbortSignal | undefined): Promise<Asked> =>
    (await openListing(lake, sql, { tempDir, cacheDir, signal: wish })) ?? seen(await seeing(wish), sql)
  if (mode === 'write')
    await withSession(engine.session({ path, signal }), session => settleAll({ lake, session }))
  return {
    dialect: 'duckdb',
    query: async (sql, wish = {}) => {
      demandRead(sql)
      return asking(ask(sql, wish.signal), asked => asked.session.answer(asked.sql, wish))
    },
    read: (sql, wish) => readAsked(ask(sql, wish.signal), { path, signal: wish.signal }),
    assets: async () => (await seenNames(lake)).filter(asset => !asset.startsWith('_')),
    columns: asset =>
      asking(seeing(undefined), async ({ session, see, pinned }) => {
        if ((await pinned(asset)) === undefined) return undefined
        return session.describe(await see(`from ${quoteAsset(asset)}`))
      }),
    effect: key => withSession(engine.session({ path }), session => effectOf({ lake, session }, key)),
    begin: async request => beginWork(lake, await seeing(request.signal), request),
    unload: (sql, target) =>
      asking(ask(sql, target.signal), asked => unload(asked.session, asked.sql, target)),
    versions: versionsOf(lake, policy),
    environments: environmentsOf(lake),
    close: () => closed(lake).finally(() => rm(own, { recursive: true, force: true })),
  }
}

/** An ATTACH would outlive its query, and what CREATE makes would be lost with the query's own catalogue. */
function demandRead(sql: string): void {
  const word = writingWord(sql)
  if (word !== undefined) throw failure('SLUICE_LAKE_READ_ONLY', { word })
}

async function closed({ engine, close }: Lake): Promise<void> {
  try {
    await close()
  } finally {
    engine.close()
  }
}

/**
 * Properties of new tables. Transaction identifiers, one for each publication, are needed until its effect is
 * recorded, and by whoever looks after a crash.
 */
function propertiesOf({ changeFeed }: Omit<LakeOptions, 'path'>): { readonly [name: string]: string } {
  return {
    'delta.enableDeletionVectors': 'true',
    'delta.setTransactionRetentionDuration': 'interval 30 days',
    ...(changeFeed === true && { 'delta.enableChangeDataFeed': 'true' }),
  }
}

/** A query, where it can be run. */
type Asked = { readonly session: Session; readonly sql: string; close(): void }

async function seen(sight: Sight, sql: string): Promise<Asked> {
  try {
    return { session: sight.session, sql: await sight.see(sql), close: sight.close }
  } catch (thrown) {
    sight.close()
    throw thrown
  }
}

async function asking<A extends { close(): void }, T>(
  opening: Promise<A>,
  act: (opened: A) => Promise<T>,
): Promise<T> {
  const opened = await opening
  try {
    return await act(opened)
  } finally {
    opened.close()
  }
}

async function* readAsked(
  opening: Promise<Asked>,
  how: { readonly path: string; readonly signal: AbortSignal },
): AsyncGenerator<readonly Row[]> {
  const asked = await opening
  try {
    yield* readRows(Promise.resolve(asked.session), asked.sql, how)
  } finally {
    asked.close()
  }
}
