import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Seen } from '../../formats/delta/index.ts'
import type { ObjectStore } from '../../objects/index.ts'

/** What listings saw of tables, by their folders. */
export type SeenTables = {
  get(folder: string): Seen | undefined
  set(folder: string, seen: Seen): void
  /** Keep it for the next process, if there is anything new. */
  keep(): Promise<void>
}

/**
 * Kept beside the files of other machines: it saves work, and may be deleted. A table of fifty commits takes
 * 8 ms to be looked at, and 1 ms when only what came since has to be.
 */
export async function openSeen(objects: ObjectStore, cacheDir: string): Promise<SeenTables> {
  const lake = createHash('sha256').update(objects.identity).digest('hex').slice(0, 16)
  const file = join(cacheDir, `seen-${lake}.json`)
  const tables = new Map(Object.entries(await read(file)))
  let isNew = false
  return {
    get: folder => tables.get(folder),
    set: (folder, seen) => {
      isNew ||= tables.get(folder)?.etag !== seen.etag
      tables.set(folder, seen)
    },
    keep: async () => {
      if (!isNew) return
      const fresh = `${file}.${randomUUID()}`
      try {
        await mkdir(cacheDir, { recursive: true })
        await writeFile(fresh, JSON.stringify(Object.fromEntries(tables)))
        await rename(fresh, file)
        isNew = false
      } catch {
        // A folder that may only be read, a full disk: the next listing takes as long as this one.
        return
      }
    },
  }
}

async function read(file: string): Promise<{ readonly [folder: string]: Seen }> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { readonly [folder: string]: Seen }
  } catch {
    return {}
  }
}
