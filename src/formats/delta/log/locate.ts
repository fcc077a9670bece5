import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { Failure, failure } from '../../../errors/index.ts'
import { openLocate, openRemote, type RemoteFile, type Supply } from '../../../tables/index.ts'
import type { DeltaPlace, Ground } from '../face.ts'
import { isBelow, placeOfPath } from './paths.ts'

/**
 * Finds files that the log names. No link leads out of the folder that a file is allowed in; folders are
 * looked at once.
 */
export function locator(place: DeltaPlace, supply: Supply): Pick<Ground, 'locate' | 'locateToRead'> {
  const { store, among } = place
  const [own, wider] = [openPlaces(place, store), among && openPlaces(place, among)]
  const inside = openInside()
  const root = store.pathOf?.('')
  /** Where the file lies: as an object of another machine, or here. */
  const find = (path: string): { readonly in: Places; readonly key: string } | { readonly here: string } => {
    const found = placeOfPath(path, root ?? store.describe)
    if ('key' in found)
      return root === undefined
        ? { in: own, key: found.key }
        : { here: inside(join(root, found.key), root, path) }
    const wide = root === undefined && among ? placeOfPath(path, among.describe) : undefined
    if (wider && wide && 'key' in wide) return { in: wider, key: wide.key }
    const folder = place.readsFrom?.find(from => isBelow(found.url, from))
    if (folder === undefined || !found.url.startsWith('/'))
      throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
    return { here: inside(found.url, folder.replace(/^file:\/*/i, '/'), path) }
  }
  return {
    locate: async path => {
      const found = find(path)
      return 'here' in found ? found.here : missing(path, () => found.in.whole(found.key))
    },
    locateToRead: async (path, sizeBytes) => {
      const found = find(path)
      if ('here' in found) return found.here
      const url = await place.direct?.url(found.in.store, found.key)
      if (url !== undefined) return url
      const file = await missing(path, () => found.in.remote(found.key, sizeBytes))
      supply.add(tellingOf(path, file))
      return file.path
    },
  }
}

type Places = {
  readonly store: DeltaPlace['store']
  readonly whole: ReturnType<typeof openLocate>
  readonly remote: ReturnType<typeof openRemote>
}

function openPlaces({ engine, cacheDir }: DeltaPlace, store: DeltaPlace['store']): Places {
  const of = { store, tempDir: engine.tempDir, cacheDir }
  return { store, whole: openLocate(of), remote: openRemote(of) }
}

/** `top` is the folder that the file must not leave; `path` is what the log calls it. */
function openInside(): (file: string, top: string, path: string) => string {
  const folders = new Map<string, string>()
  const realFolder = (folder: string, path: string): string => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const real = orMissing(path, () => realpathSync.native(folder))
    folders.set(folder, real)
    return real
  }
  return (file, top, path) => {
    const realTop = realFolder(top, path)
    const real = join(realFolder(dirname(file), path), file.slice(dirname(file).length))
    const isLink = orMissing(path, () => lstatSync(real)).isSymbolicLink()
    const target = isLink ? orMissing(path, () => realpathSync.native(real)) : real
    if (!target.startsWith(realTop.endsWith(sep) ? realTop : realTop + sep))
      throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
    return target
  }
}

/** The file, with its failures in words of the table. */
function tellingOf(path: string, file: RemoteFile): RemoteFile {
  return {
    path: file.path,
    footer: () => missing(path, file.footer),
    fetch: ranges => missing(path, () => file.fetch(ranges)),
    fetchAll: () => missing(path, file.fetchAll),
  }
}

async function missing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
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
