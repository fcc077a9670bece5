import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * An empty folder of this asset's own: only one run builds an asset at a time, so what lies there is a dead
 * one's.
 */
export async function scratchIn(
  folder: string,
  asset: string,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = join(folder, `read-${encodeURIComponent(asset)}`)
  const remove = () => rm(path, { recursive: true, force: true })
  await remove()
  await mkdir(path, { recursive: true })
  return { path, remove }
}

/** Longer than a run writes nothing into a folder that it still needs. */
const abandonedMs = 24 * 60 * 60 * 1000

/** Where engines spill: each tidies it when it ends, and does not make it anew while it is open. */
const ofEngines = 'duckdb'

/** Take away what processes that were killed left in a folder for what does not last: rows of half a read. */
export async function sweepScratch(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === ofEngines) continue
    const path = join(folder, name)
    const isAbandoned = nowMs - (await touchedMs(path)) > abandonedMs
    // What another process is taking away as well need not be taken away.
    if (isAbandoned) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** When something of it was last written; a file that grows does not change its folder. */
async function touchedMs(path: string): Promise<number> {
  const inside = await readdir(path, { recursive: true }).catch(() => [])
  const paths = [path, ...inside.map(name => join(path, name))]
  let lastMs = 0
  for (const it of paths) lastMs = Math.max(lastMs, (await stat(it).catch(() => undefined))?.mtimeMs ?? 0)
  return lastMs
}
