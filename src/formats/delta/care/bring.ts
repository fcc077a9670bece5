import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { ObjectStore } from '../../../objects/index.ts'
import type { AddFile } from '../actions.ts'
import type { DeltaPlace } from '../face.ts'
import { placeOfPath } from '../log/paths.ts'
import { placeOfVector } from '../vectors/vector.ts'

/** Files that are brought at the same time. */
const bringsMax = 16

/**
 * Files that lie in the source's folder come to lie here, under the same names: a second name for the same
 * bytes on
 * this machine, a copy elsewhere. What is here already is left alone.
 */
export async function bring(
  place: DeltaPlace,
  source: ObjectStore,
  files: readonly AddFile[],
): Promise<void> {
  const keys = [...new Set(files.flatMap(file => keysOf(file, place.store)))]
  const move = place.store.pathOf && source.pathOf ? linked : copied
  for (let at = 0; at < keys.length; at += bringsMax)
    await Promise.all(keys.slice(at, at + bringsMax).map(key => move({ key, place, source })))
  if (place.store.pathOf)
    for (const folder of new Set(keys.map(key => dirname(place.store.pathOf?.(key) ?? ''))))
      await synced(folder)
}

/** Of the data file and its vector, as far as they lie below the table. */
function keysOf({ path, deletionVector }: AddFile, store: ObjectStore): readonly string[] {
  const vector = deletionVector && placeOfVector(deletionVector, path)
  const paths = [path, ...(vector && 'path' in vector ? [vector.path] : [])]
  return paths.flatMap(each => {
    const found = placeOfPath(each, store.pathOf?.('') ?? store.describe)
    return 'key' in found ? [found.key] : []
  })
}

type Move = { readonly key: string; readonly place: DeltaPlace; readonly source: ObjectStore }

async function linked({ key, place: { store }, source }: Move): Promise<void> {
  const [from, to] = [source.pathOf?.(key) ?? '', store.pathOf?.(key) ?? '']
  if (await isThere(to)) return
  await mkdir(dirname(to), { recursive: true })
  try {
    await link(from, to)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    // Another disk, or one that knows no second names.
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'].includes(code ?? '')) throw thrown
    await copyWhole(from, to)
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  const draft = `${to}.${randomUUID()}.tmp`
  try {
    await copyFile(from, draft)
    const handle = await open(draft, 'r+')
    await handle.sync().finally(() => handle.close())
    await rename(draft, to)
  } finally {
    await rm(draft, { force: true })
  }
}

async function copied({ key, place: { store, engine }, source }: Move): Promise<void> {
  if (await store.head(key)) return
  const path = join(engine.tempDir, `bring-${randomUUID()}`)
  try {
    await source.download(key, path)
    await store.upload(key, path)
  } finally {
    await rm(path, { force: true })
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Names that were given stay given, also when the power fails. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
