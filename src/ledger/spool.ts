import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failure } from '../errors/index.ts'
import type { AssetName, Json } from '../model/index.ts'
import type { Spool, SpoolPart } from './face.ts'

export type SpoolOptions = {
  /** The folder of the ledger; the spool lies in `spool/<asset>` below it. */
  readonly path: string
  readonly asset: AssetName
  /** Of whatever shapes the read: parts that were kept under another one are forgotten. */
  readonly fingerprint: string
}

type Index = {
  readonly fingerprint: string
  readonly parts: readonly { readonly sizeBytes: number; readonly rows: number; readonly position?: Json }[]
}

/**
 * What a killed read had kept, or an empty spool. Parts whose bytes are not all there, and what lies behind
 * them, are dropped.
 */
export async function openSpool({ path, asset, fingerprint }: SpoolOptions): Promise<Spool> {
  const folder = join(path, 'spool', encodeURIComponent(asset))
  let parts: readonly SpoolPart[] = await guarded(folder, () => reopen(folder, fingerprint))
  return {
    get parts() {
      return parts
    },
    get position() {
      return parts.findLast(part => part.position !== undefined)?.position
    },
    append: async ({ data, rows, position }) => {
      const file = partPath(folder, parts.length)
      const next = [...parts, { path: file, sizeBytes: data.byteLength, rows, position }]
      await guarded(folder, async () => {
        if (parts.length === 0) await makeFolder(folder)
        if (position === undefined) return writeFile(file, data)
        await Promise.all(unsafe(parts).map(part => syncFile(part.path)))
        await writeDurably(file, data)
        await writeIndex(folder, { fingerprint, parts: next })
      })
      parts = next
    },
    discard: async () => {
      await guarded(folder, () => rm(folder, { recursive: true, force: true }))
      parts = []
    },
  }
}

/** Parts behind the last position: not durable yet. */
function unsafe(parts: readonly SpoolPart[]): readonly SpoolPart[] {
  return parts.slice(parts.findLastIndex(part => part.position !== undefined) + 1)
}

function partPath(folder: string, index: number): string {
  return join(folder, `part-${String(index).padStart(6, '0')}.ndjson`)
}

async function reopen(folder: string, fingerprint: string): Promise<readonly SpoolPart[]> {
  const index = await readIndex(folder)
  const kept = index?.fingerprint === fingerprint ? safe(await whole(folder, index)) : []
  if (kept.length === 0) {
    await rm(folder, { recursive: true, force: true })
    return []
  }
  if (kept.length < (index?.parts.length ?? 0)) await writeIndex(folder, { fingerprint, parts: kept })
  await sweep(folder, kept)
  return kept
}

/** The parts up to the first one that is not as long as the index says. */
async function whole(folder: string, index: Index): Promise<readonly SpoolPart[]> {
  const kept: SpoolPart[] = []
  for (const part of index.parts) {
    const path = partPath(folder, kept.length)
    if ((await sizeOf(path)) !== part.sizeBytes) return kept
    kept.push({ ...part, path, position: part.position })
  }
  return kept
}

/** Without the parts that no position vouches for. */
function safe(parts: readonly SpoolPart[]): readonly SpoolPart[] {
  return parts.slice(0, parts.length - unsafe(parts).length)
}

/** A part that was written but not indexed when its process died, and half-made indexes. */
async function sweep(folder: string, kept: readonly SpoolPart[]): Promise<void> {
  const wanted = new Set([indexPath(folder), ...kept.map(part => part.path)])
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (!wanted.has(path)) await rm(path, { recursive: true, force: true })
  }
}

function indexPath(folder: string): string {
  return join(folder, 'index.json')
}

/**
 * undefined: there is none, or it is not one of ours. It is replaced by renaming, so it is never half there.
 */
async function readIndex(folder: string): Promise<Index | undefined> {
  const text = await ifThere(() => readFile(indexPath(folder), 'utf8'))
  return text === undefined ? undefined : parsed(text)
}

/** A disk may give back something else than what was written; the source can be read again. */
function parsed(text: string): Index | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function writeIndex(
  folder: string,
  { fingerprint, parts }: { readonly fingerprint: string; readonly parts: readonly SpoolPart[] },
): Promise<void> {
  const index: Index = {
    fingerprint,
    parts: parts.map(({ sizeBytes, rows, position }) =>
      position === undefined ? { sizeBytes, rows } : { sizeBytes, rows, position },
    ),
  }
  const draft = join(folder, 'index.draft')
  await writeDurably(draft, Buffer.from(JSON.stringify(index)))
  await rename(draft, indexPath(folder))
  await syncFolder(folder)
}

async function writeDurably(path: string, data: Uint8Array): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await syncFolder(dirname(folder))
  await syncFolder(dirname(dirname(folder)))
}

/** Makes a rename in it survive power loss. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await ifThere(() => stat(path)))?.size
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown)
    throw failure('SLUICE_SPOOL_UNWRITABLE', { path, words }, { cause: thrown })
  }
}
