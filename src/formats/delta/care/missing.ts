import { stat } from 'node:fs/promises'
import type { DeltaPlace } from '../face.ts'
import { isBelow, placeOfPath } from '../log/paths.ts'
import { rootOf } from './root.ts'

/** Files that are asked for at the same time. */
const asksMax = 32

/** Paths of the log at which there is no file. Where nobody here may look, nothing is said to be missing. */
export async function missingOf(place: DeltaPlace, paths: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = []
  for (let at = 0; at < paths.length; at += asksMax) {
    const some = paths.slice(at, at + asksMax)
    const sizes = await Promise.all(some.map(path => sizeOf(place, path)))
    missing.push(...some.filter((_, i) => sizes[i] === undefined))
  }
  return missing
}

/** Bytes of the file; undefined: it is not there; null: nobody here may look. */
export async function sizeOf(
  { store, readsFrom = [], among }: DeltaPlace,
  path: string,
): Promise<number | undefined | null> {
  const found = placeOfPath(path, rootOf(store))
  if ('key' in found) return (await store.head(found.key))?.sizeBytes
  const wide = among && !store.pathOf ? placeOfPath(path, rootOf(among)) : undefined
  if (among && wide && 'key' in wide) return (await among.head(wide.key))?.sizeBytes
  const isLocal = found.url.startsWith('/') && readsFrom.some(folder => isBelow(found.url, folder))
  if (!isLocal) return null
  return stat(found.url).then(
    ({ size }) => size,
    () => undefined,
  )
}
