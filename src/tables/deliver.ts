import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ObjectStore, onDisk } from '../objects/index.ts'

/** A file of this machine, and the key that it gets. */
export type Delivery = { readonly path: string; readonly key: string }

/** Where files of a store on this machine are written before they get their names. Never an object itself. */
const scratchName = '.sluice-writing'

/** What a killed process left is taken away after this long: no write takes a day. */
const abandonedMs = 24 * 3_600_000

/** So many files are synced or sent at a time. */
const deliveriesMax = 8

/**
 * A folder for files on their way into the store: on the same disk where the store is a folder of this
 * machine, so that delivering is a rename. `deliver` empties it, its owner removes it.
 */
export async function scratchFolder(store: ObjectStore, tempDir: string): Promise<string> {
  if (store.pathOf === undefined) return made(join(tempDir, randomUUID()))
  const folder = join(store.pathOf(''), scratchName)
  await sweep(folder)
  return made(join(folder, randomUUID()))
}

/**
 * Its parent first: making several at once on a disk that cannot be written, Node says they are not there.
 */
async function made(folder: string): Promise<string> {
  await onDisk(dirname(folder), () => mkdir(dirname(folder), { recursive: true }))
  await onDisk(dirname(folder), () => mkdir(folder))
  return folder
}

/** When it returns, the objects are there for good, whatever happens to this process or to the power. */
export async function deliver(store: ObjectStore, files: readonly Delivery[]): Promise<void> {
  const folders = new Set<string>()
  for (let at = 0; at < files.length; at += deliveriesMax)
    await Promise.all(files.slice(at, at + deliveriesMax).map(file => deliverOne(store, file, folders)))
  for (const folder of folders) await sync(folder)
}

async function deliverOne(store: ObjectStore, { path, key }: Delivery, folders: Set<string>): Promise<void> {
  if (store.pathOf === undefined) {
    await store.upload(key, path)
    return rm(path)
  }
  const target = store.pathOf(key)
  await onDisk(target, async () => {
    await sync(path)
    const first = await mkdir(dirname(target), { recursive: true })
    if (first !== undefined)
      for (const folder of between(dirname(first), dirname(target))) folders.add(folder)
    await rename(path, target)
  })
  folders.add(dirname(target))
}

/** Folders from the outer one to the inner one, both included. */
function between(outer: string, inner: string): readonly string[] {
  return inner === outer || inner.length < outer.length ? [outer] : [...between(outer, dirname(inner)), inner]
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > abandonedMs) await rm(path, { recursive: true, force: true })
  }
}
