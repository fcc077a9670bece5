import type { Effect } from '../../../connect/index.ts'
import type { Action, Metadata, Operation, Protocol } from '../../../formats/delta/index.ts'
import type { AssetName } from '../../../model/index.ts'
import type { ObjectStore } from '../../../objects/index.ts'
import { bytesOf, read } from '../json.ts'
import { bookkeeping } from '../names.ts'
import type { View } from '../views.ts'
import { nameOf } from './effects.ts'

/**
 * What one work is about to publish, written down before any of it is seen. The first part decides: once it
 * stands, whoever finds the intent finishes the others; before, nothing of it was seen, and it is forgotten.
 */
export type Intent = {
  /** The effect key; for a work without one a name of its own. */
  readonly key: string
  /** A number that no other attempt under this key has: it stands beside the key in every log. */
  readonly attempt: number
  /** undefined: nothing is remembered of this work. */
  readonly effect: Effect | undefined
  readonly parts: readonly Part[]
}

export type Part =
  | {
      readonly kind: 'table'
      readonly asset: AssetName
      /** The version that the actions were made on; undefined: the commit creates the table. */
      readonly base: number | undefined
      readonly protocol: Protocol
      readonly metadata: Metadata
      readonly actions: readonly Action[]
      readonly operation: Operation
    }
  | State
  /** `over`: the attempt that put the view which stands so far, if one does. */
  | { readonly kind: 'view'; readonly view: View; readonly over: number | undefined }
  /** The view that an earlier attempt put there goes: a table takes its name. */
  | { readonly kind: 'no view'; readonly asset: AssetName; readonly attempt: number }

/** The table becomes what another one, or itself, was at a version: all its files at once. */
export type State = {
  readonly kind: 'state'
  readonly asset: AssetName
  /** The version that it has so far; undefined: the commit creates the table. */
  readonly base: number | undefined
  readonly of: { readonly asset: AssetName; readonly version: number }
  readonly operation: Operation
}

const folder = `${bookkeeping}/publishing/`

function keyOf({ key, attempt }: Intent): string {
  return `${folder}${nameOf(key)}.${attempt}.json`
}

export async function put(objects: ObjectStore, intent: Intent): Promise<void> {
  await objects.put(keyOf(intent), bytesOf(intent))
}

export async function forget(objects: ObjectStore, intent: Intent): Promise<void> {
  await objects.delete([keyOf(intent)])
}

export type Found = { readonly intent: Intent; readonly writtenAtMs: number }

/** Intents that nobody has finished: under one key, or all. */
export async function* unfinished(objects: ObjectStore, key?: string): AsyncGenerator<Found> {
  for await (const meta of objects.list(key === undefined ? folder : `${folder}${nameOf(key)}.`)) {
    const intent = await read<Intent>(objects, meta.key)
    // Whoever put it may have finished it meanwhile.
    if (intent) yield { intent, writtenAtMs: meta.modifiedMs }
  }
}
