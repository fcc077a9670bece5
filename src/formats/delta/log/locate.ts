import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { Failure, failure } from '../../../errors/index.ts'
import { type Locate, openLocate } from '../../../tables/index.ts'
import type { DeltaPlace } from '../face.ts'
import { isBelow, placeOfPath } from './paths.ts'

/**
 * Finds files that the log names. No link leads out of the folder that a file is allowed in; folders are
 * looked at once.
 */
export function locator(place: DeltaPlace): (path: string, sizeBytes?: number) => Promise<string> {
  const { store, engine, readsFrom = [], among } = place
  const root = store.pathOf?.('')
  const tempDir = engine.tempDir
  const own = openLocate({ store, tempDir })
  const wider = among && openLocate({ store: among, tempDir })
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
        ? fetched(own, { key: found.key, path, sizeBytes })
        : inside(join(root, found.key), root, path)
    const wide = root === undefined && among ? placeOfPath(path, among.describe) : undefined
    if (wider && wide && 'key' in wide) return fetched(wider, { key: wide.key, path, sizeBytes })
    const folder = readsFrom.find(from => isBelow(found.url, from))
    if (folder === undefined || !found.url.startsWith('/'))
      throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
    return inside(found.url, folder.replace(/^file:\/*/i, '/'), path)
  }
}

type Fetching = { readonly key: string; readonly path: string; readonly sizeBytes: number | undefined }

async function fetched(locate: Locate, { key, path, sizeBytes }: Fetching): Promise<string> {
  try {
    return await locate(key, sizeBytes)
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'SLUICE_OBJECT_NOT_FOUND') throw thrown
    throw failure('SLUICE_DELTA_FILE_MISSING', { path }, { cause: thrown })
  }
}

function orMissing<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (thrown) {
    throw failure('SLUICE_DELTA_FILE_MISSING', { path }, { cause: thrown })
  }
}
