import { createHash } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { ObjectStore } from '../objects/index.ts'

export type Locating = { readonly store: ObjectStore; readonly tempDir: string }

/**
 * The path of a data file on this machine. An object of another machine is fetched once and kept: data files
 * never change.
 */
export async function locate(
  { store, tempDir }: Locating,
  key: string,
  sizeBytes: number | undefined,
): Promise<string> {
  if (store.pathOf) return store.pathOf(key)
  const folder = join(tempDir, 'objects')
  const name = createHash('sha256')
    .update(`${store.describe}\0${key}\0${sizeBytes ?? ''}`)
    .digest('hex')
  const path = join(folder, `${name}${extname(key)}`)
  if (await isThere(path)) return path
  await mkdir(folder, { recursive: true })
  await store.download(key, path)
  return path
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
