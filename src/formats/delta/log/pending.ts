import type { Session } from '../../../engine/index.ts'
import type { AddFile } from '../actions.ts'
import { jsonOf } from '../commit/lines.ts'
import { addsSql, inlineBytesMax } from '../files.ts'

// Files that commits of this process added wait for others before they go into the state's table: one takes
// 0.7 ms of CPU there, 64 take 1.5. Until then they stand in the SQL of those who ask for files.

/** So many files wait at most, or of so many bytes. */
const filesMax = 64

/** Files that a version added, none of which was there before. */
export type Adds = { readonly version: number; readonly adds: readonly AddFile[] }

export type Pending = {
  /** Of a version after all that the table holds. */
  add(adds: Adds): Promise<void>
  /**
   * Live files of a version: `inTable` selects them from the table, with a WHERE. What it gives stays true
   * when the files are settled.
   */
  with(inTable: string, version: number): string
  /** All of them are in the table. */
  settle(): Promise<void>
}

type Waiting = { readonly version: number; readonly json: readonly string[] }

export function pendingFiles(session: Session, table: string): Pending {
  let waiting: readonly Waiting[] = []
  let before: Promise<unknown> = Promise.resolve()
  const write = async (): Promise<void> => {
    const some = waiting
    if (some.length === 0) return
    await session.run(`insert into ${table} select * exclude (since, live), NULL, since, NULL
      from (${addsSql(arrayOf(some))})`)
    waiting = waiting.slice(some.length)
  }
  const settle = async (): Promise<void> => {
    if (waiting.length === 0) return
    const now = before.then(write)
    before = now.catch(() => undefined)
    await now
  }
  return {
    settle,
    add: async ({ version, adds }) => {
      if (adds.length === 0) return
      waiting = [...waiting, { version, json: adds.map(add => jsonOf({ ...add, since: version })) }]
      const all = waiting.flatMap(({ json }) => json)
      const bytes = all.reduce((sum, json) => sum + json.length, 0)
      if (all.length >= filesMax || bytes > inlineBytesMax) await settle()
    },
    with: (inTable, version) => {
      const ahead = waiting.filter(commit => commit.version <= version)
      const [first] = ahead
      if (!first) return inTable
      return `${inTable} and since < ${first.version}
        union all by name select * exclude (since, live) from (${addsSql(arrayOf(ahead))})`
    },
  }
}

function arrayOf(commits: readonly Waiting[]): string {
  return `[${commits.flatMap(({ json }) => json).join(',')}]`
}
