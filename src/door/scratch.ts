import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * An empty folder of this asset's own: only one run builds an asset at a time, so what lies there is a dead
 * one's.
 */
export async function scratchIn(
  folder: string,
  asset: string,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = join(folder, `read-${encodeURIComponent(asset)}`)
  const remove = () => rm(path, { recursive: true, force: true })
  await remove()
  await mkdir(path, { recursive: true })
  return { path, remove }
}
