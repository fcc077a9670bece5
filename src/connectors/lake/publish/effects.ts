import { createHash } from 'node:crypto'
import type { Effect } from '../../../connect/index.ts'
import type { ObjectStore } from '../../../objects/index.ts'
import { bytesOf, read } from '../json.ts'
import { bookkeeping } from '../names.ts'

// What was committed under which key: one small object each, by the hash of the key, put when all of it
// stands.

/** A name for a key that every store takes, whatever the key holds. */
export function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function keyOf(key: string): string {
  return `${bookkeeping}/effects/${nameOf(key)}.json`
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
