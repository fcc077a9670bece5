import type { Json } from '../../model/index.ts'

/** A file as it was when it was read. */
export type Known = { readonly sizeBytes: number; readonly stamp: string | null; readonly hash: string }

/** Files that were read, by key. */
export type Shelf = ReadonlyMap<string, Known>

/**
 * Files that are gone are remembered, so that one that comes back is not read twice; beyond this the oldest
 * are dropped.
 */
const knownMax = 200_000

export function readPosition(position: Json | undefined): Map<string, Known> {
  const files =
    (position as { readonly files?: { readonly [key: string]: readonly Json[] } } | null)?.files ?? {}
  return new Map(
    Object.entries(files).map(([key, [sizeBytes, stamp, hash]]) => [
      key,
      { sizeBytes: Number(sizeBytes), stamp: stamp === null ? null : String(stamp), hash: String(hash) },
    ]),
  )
}

export function writePosition(shelf: Shelf): Json {
  const kept = [...shelf].slice(-knownMax)
  return { files: Object.fromEntries(kept.map(([key, it]) => [key, [it.sizeBytes, it.stamp, it.hash]])) }
}
