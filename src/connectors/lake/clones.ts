import type { Snapshot } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import type { ObjectStore } from '../../objects/index.ts'
import { bytesOf, read } from './json.ts'
import type { Lake } from './lake.ts'
import { bookkeeping, partsOf, segment } from './names.ts'
import { viewKey } from './views.ts'

// Which tables stand on the files of which: one small object each, `clones/<of>/<clone>.json`, put before the
// clone is seen. A vacuum asks for the clones of its table and nothing else, however many tables there are.

const folder = `${bookkeeping}/clones/`

type Clone = { readonly of: AssetName; readonly clone: AssetName }

function keyOf({ of, clone }: Clone): string {
  return `${folder}${fileOf(of)}/${fileOf(clone)}.json`
}

function fileOf(asset: AssetName): string {
  const { schema, table } = partsOf(asset)
  return `${segment(schema)}.${segment(table)}`
}

/** From now on a vacuum leaves what the clone needs, of `of` and of what that stands on itself. */
export async function noteClone(objects: ObjectStore, { of, clone }: Clone): Promise<void> {
  const below: AssetName[] = []
  for await (const { key } of objects.list(folder)) {
    if (!key.endsWith(`/${fileOf(of)}.json`)) continue
    const noted = await read<Clone>(objects, key)
    if (noted) below.push(noted.of)
  }
  for (const each of new Set([of, ...below])) {
    const note: Clone = { of: each, clone }
    await objects.put(keyOf(note), bytesOf(note))
  }
}

/**
 * The tables that stand on files of this one, as they are now. One that has lost its name is remembered until
 * nobody can go back to it: for as long as files are kept at all.
 */
export async function clonesOf(
  lake: Lake,
  of: AssetName,
  { sinceMs }: { readonly sinceMs: number },
): Promise<readonly Snapshot[]> {
  const { objects } = lake
  const standing: Snapshot[] = []
  for await (const { key } of objects.list(`${folder}${fileOf(of)}/`)) {
    const noted = await read<Clone>(objects, key)
    if (noted === undefined) continue
    const snapshot = (await isForgotten(lake, noted.clone, sinceMs))
      ? undefined
      : await (await lake.table(noted.clone)).latest()
    if (snapshot) standing.push(snapshot)
    else await forget(lake, key, sinceMs)
  }
  return standing
}

/** The name means something else, or nothing, since before `sinceMs`. */
async function isForgotten(lake: Lake, clone: AssetName, sinceMs: number): Promise<boolean> {
  const said = await lake.objects.head(viewKey(clone))
  return said !== undefined && said.modifiedMs < sinceMs
}

/** A clone that is just about to be made has no table yet, and its note is young. */
async function forget({ objects }: Lake, key: string, sinceMs: number): Promise<void> {
  const note = await objects.head(key)
  if (note && note.modifiedMs < sinceMs) await objects.delete([key])
}
