import { withSession } from '../../../engine/index.ts'
import type { ObjectMeta } from '../../../objects/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { locate } from '../../../tables/index.ts'
import type { DeltaPlace } from '../face.ts'
import { sidecarFolder } from '../log/names.ts'
import { checkpoints, listLog } from '../log/segment.ts'

const dayMs = 86_400_000

/**
 * "Metadata Cleanup", steps 4 and 5: sidecars that no checkpoint names any more. Those of the last day are
 * left alone: a checkpoint that is being written is going to name them.
 */
export async function cleanUpSidecars(place: DeltaPlace): Promise<void> {
  const cutOffMs = Math.floor(place.nowMs() / dayMs) * dayMs - dayMs
  const old: string[] = []
  for await (const { key, modifiedMs } of place.store.list(sidecarFolder))
    if (modifiedMs < cutOffMs) old.push(key)
  if (old.length === 0) return
  const named = new Set<string>()
  for (const { format, files } of checkpoints(await listLog(place.store), undefined))
    for (const file of files)
      for (const path of await (format === 'json' ? namedByJson(place, file) : namedByParquet(place, file)))
        named.add(decodeURIComponent(path))
  await place.store.delete(old.filter(key => !named.has(key.slice(sidecarFolder.length))))
}

async function namedByJson({ store }: DeltaPlace, { key }: ObjectMeta): Promise<readonly string[]> {
  const lines = new TextDecoder().decode((await store.get(key)).bytes).split('\n')
  return lines.flatMap(line => {
    const { sidecar } = JSON.parse(line.trim() || '{}') as { readonly sidecar?: { readonly path: string } }
    return sidecar ? [sidecar.path] : []
  })
}

async function namedByParquet(place: DeltaPlace, { key }: ObjectMeta): Promise<readonly string[]> {
  const { store, engine, cacheDir, signal } = place
  const path = await locate({ store, tempDir: engine.tempDir, cacheDir }, key)
  // A classic checkpoint has no such column.
  const rows = await withSession(engine.session({ path: store.describe, signal }), session =>
    session.rows(`select sidecar.path from read_parquet(${quoteText(path)}, schema = MAP {
      'sidecar': {name: 'sidecar', type: 'STRUCT(path VARCHAR)', default_value: NULL}})
      where sidecar.path is not null`),
  )
  return rows.flatMap(([name]) => (name ? [name] : []))
}
