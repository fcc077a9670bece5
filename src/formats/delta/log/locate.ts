import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { failure } from '../../../errors/index.ts'
import { locate } from '../../../tables/index.ts'
import type { DeltaPlace } from '../face.ts'
import { isBelow, placeOfPath } from './paths.ts'

/**
 * Finds files that the log names. No link leads out of the folder that a file is allowed in; folders are looked at
 * once.
 */
export function locator(place: DeltaPlace): (path: string, sizeBytes?: number) => Promise<string> {
  const { store, engine, readsFrom = [], among } = place
  const root = store.pathOf?.('')
  const folders = new Map<string, string>()
  const realFolder = (folder: string, path: string): string => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const real = orMissing(path, () => realpathSync.native(folder))
    folders.set(folder, real)
    return real
  }
  /** `top` is the folder that the file must not leave. */
  const inside = (file: string, top: string, path: string): string => {
    const realTop = realFolder(top, path)
    const real = join(realFolder(dirname(file), path), file.slice(dirname(file).length))
    const isLink = orMissing(path, () => lstatSync(real)).isSymbolicLink()
    const target = isLink ? orMissing(path, () => realpathSync.native(real)) : real
    if (!target.startsWith(realTop.endsWith(sep) ? realTop : realTop + sep))
      throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
    return target
  }
  return async (path, sizeBytes) => {
    const found = placeOfPath(path, root ?? store.describe)
    if ('key' in found)
      return root === undefined
        ? locate({ store, tempDir: engine.tempDir }, found.key, sizeBytes)
        : inside(join(root, found.key), root, path)
    const wide = root === undefined && among ? placeOfPath(path, among.describe) : undefined
    if (among && wide && 'key' in wide)
      return locate({ store: among, tempDir: engine.tempDir }, wide.key, sizeBytes)
    const folder = readsFrom.find(from => isBelow(found.url, from))
    if (folder === undefined || !found.url.startsWith('/'))
      throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
    return inside(found.url, folder.replace(/^file:\/*/i, '/'), path)
  }
}

function orMissing<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (thrown) {
    throw failure('SLUICE_DELTA_FILE_MISSING', { path }, { cause: thrown })
  }
}
