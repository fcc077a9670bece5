import type { Engine } from '../../engine/index.ts'
import { type DeltaLog, openDeltaLog } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import type { ObjectStore } from '../../objects/index.ts'
import type { DirectReads } from '../../tables/index.ts'
import { below } from './below.ts'
import { assetAt, bookkeeping, keyOf, ownName } from './names.ts'
import { openViews, type Views } from './views.ts'

/** The lake, open: what the store and its works share. */
export type Lake = {
  readonly objects: ObjectStore
  readonly engine: Engine
  /** Properties that a new table gets. */
  readonly properties: { readonly [name: string]: string }
  readonly views: Views
  /** The environment that the lake is open for, where it stands beside its base. */
  readonly environment: string | undefined
  /** The asset's name in the lake, to be written: that of the environment's own. */
  own(asset: AssetName): AssetName
  readonly nowMs: () => number
  /** The asset's table, opened once; there need not be one yet. */
  table(asset: AssetName): Promise<DeltaLog>
  /** Tables that were asked for so far, by their names in the lake. */
  opened(): readonly AssetName[]
  /** Is there a table for the asset? */
  has(asset: AssetName): Promise<boolean>
  /** Names of all tables and views as they are in the lake, hidden ones too. */
  assets(): Promise<readonly AssetName[]>
  close(): Promise<void>
}

export type LakeParts = Pick<Lake, 'objects' | 'engine' | 'properties' | 'environment' | 'nowMs'> & {
  readonly signal: AbortSignal
  readonly cacheDir: string
  readonly direct: DirectReads | undefined
}

export function lakeOf({ signal, cacheDir, direct, ...parts }: LakeParts): Lake {
  const { objects, engine, environment, nowMs } = parts
  const views = openViews(objects)
  // Clones stand on files of other tables of the lake.
  const readsFrom = [objects.pathOf?.('') ?? objects.describe]
  const logs = new Map<string, Promise<DeltaLog>>()
  return {
    ...parts,
    views,
    own: asset => (environment === undefined ? asset : ownName(environment, asset)),
    table: asset => {
      const key = keyOf(asset)
      const store = below(objects, key)
      const place = { store, engine, cacheDir, direct, signal, nowMs, readsFrom, among: objects }
      const log = logs.get(key) ?? openDeltaLog(place)
      logs.set(key, log)
      return log
    },
    opened: () => [...logs.keys()].flatMap(folder => assetAt(folder) ?? []),
    has: asset => isTable(objects, keyOf(asset)),
    assets: async () => {
      const others = await views.all()
      const names = new Set(others.keys())
      for await (const folder of tableFolders(objects)) {
        const asset = assetAt(folder)
        if (asset !== undefined) names.add(asset)
      }
      const means = (name: AssetName) => !others.has(name) || others.get(name)?.sql !== undefined
      return [...names].filter(means).sort()
    },
    close: async () => {
      for (const log of logs.values()) await log.then(open => open.close())
      direct?.close()
      await objects.close()
    },
  }
}

async function isTable(objects: ObjectStore, folder: string): Promise<boolean> {
  return (await firstKey(objects, `${folder}/_delta_log/`)) !== undefined
}

/**
 * Folders two levels down that hold a log. Each table costs two short lists, whatever it holds: the list is
 * left at the first key of a table and begun again behind its last.
 */
async function* tableFolders(objects: ObjectStore): AsyncGenerator<string> {
  let key = await firstKey(objects, '')
  while (key !== undefined) {
    const [schema = '', table = '', inside] = key.split('/')
    const folder = `${schema}/${table}`
    const counts = inside !== undefined && schema !== bookkeeping
    if (counts && (await isTable(objects, folder))) yield folder
    const passed = schema === bookkeeping ? behind(schema) : inside === undefined ? key : behind(folder)
    key = await firstKey(objects, '', passed)
  }
}

/** After every key in the folder: `0` is the character after `/`. */
function behind(folder: string): string {
  return `${folder}0`
}

async function firstKey(
  objects: ObjectStore,
  prefix: string,
  startAfter?: string,
): Promise<string | undefined> {
  const listed = objects.list(prefix, startAfter === undefined ? {} : { startAfter })
  const keys = listed[Symbol.asyncIterator]()
  const { value, done } = await keys.next()
  await keys.return?.()
  return done ? undefined : value.key
}
