import { createHash, randomBytes } from 'node:crypto'
import type { Effect } from '../../../connect/index.ts'
import type { ObjectStore } from '../../../objects/index.ts'
import type { Lake } from '../lake.ts'
import { bytesOf, read } from '../json.ts'
import { effectsKeptDays } from '../limits.ts'
import { bookkeeping } from '../names.ts'

const folder = `${bookkeeping}/effects/`

// What was committed under which key: one small object each, by the hash of the key, put when all of it
// stands.

/** A name for a key that every store takes, whatever the key holds. */
export function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function keyOf(key: string): string {
  return `${folder}${nameOf(key)}.json`
}

/** undefined: nothing was recorded under the key. */
export async function recorded(objects: ObjectStore, key: string): Promise<Effect | undefined> {
  const effect = await read<Effect>(objects, keyOf(key))
  // Equal hashes of different keys do not happen; a file that somebody copied does.
  return effect?.key === key ? effect : undefined
}

/** Idempotent: the same effect gives the same bytes. */
export async function record(objects: ObjectStore, effect: Effect): Promise<void> {
  await objects.put(keyOf(effect.key), bytesOf(effect))
}

const dayMs = 86_400_000

/**
 * Forget effects that are old: those of one 256th of the keys, so that it costs a run little and the list of
 * them does not grow for ever. For after crashed runs were settled, never before.
 */
export async function pruneEffects(
  { objects, nowMs }: Pick<Lake, 'objects' | 'nowMs'>,
  share: string = randomBytes(1).toString('hex'),
): Promise<void> {
  const keptMs = effectsKeptDays * dayMs
  const old: string[] = []
  for await (const { key, modifiedMs } of objects.list(folder + share))
    if (modifiedMs < nowMs() - keptMs) old.push(key)
  if (old.length > 0) await objects.delete(old)
}
