import type { Ask, Supplier } from '../../engine/index.ts'
import type { TableField } from '../schema.ts'
import { type By, rangesOf } from './chunks.ts'
import type { RemoteFile } from './file.ts'
import type { Footer } from './footer.ts'
import { filesLeft, groupsLeft } from './groups.ts'
import { columnMark, markOf, type Reading, readingsOf } from './plan.ts'

/** One `read_parquet`: files with the same columns. */
export type RemoteRead = {
  readonly files: readonly { readonly path: string }[]
  readonly fields: readonly TableField[]
  readonly by: By
}

/** What scans read of other machines is brought here when a statement is about to read it. */
export type Supply = Supplier & {
  /** A file that scans may name from now on. */
  readonly add: (file: RemoteFile) => void
  /** What columns are called in SQL, so that a plan tells which are read; undefined: the files are here. */
  readonly names: (read: RemoteRead) => ((field: TableField) => string) | undefined
}

/** What is remembered, the newest: of files, of reads that name them, and of what was brought. */
const filesMax = 200_000
const readsMax = 256
const broughtMax = 10_000

/** Files at work on at a time. */
const filesAtOnce = 16

/** What was brought so short ago is there: a cached file stays for 15 minutes after each look at it. */
const freshMs = 300_000

/** What DuckDB says of zeros where it looks for the head of a page, of a filter or of a file. */
const isHole = /TProtocolException|No magic bytes|Invalid (footer|page|data)|Parquet/i

type Read = Omit<RemoteRead, 'files'> & { readonly files: readonly (RemoteFile | undefined)[] }

export function openSupply(): Supply {
  const files = new Map<string, RemoteFile>()
  const reads = new Map<string, Read>()
  const brought = new Map<string, number>()
  const once = async (what: string, bring: () => Promise<void>): Promise<boolean> => {
    if (Date.now() - (brought.get(what) ?? 0) < freshMs) return false
    await bring()
    brought.set(what, Date.now())
    return true
  }
  const known = (plan: string) =>
    readingsOf(plan).flatMap(reading => {
      const read = reads.get(reading.mark)
      return read ? [{ read, reading }] : []
    })
  return {
    add: file => {
      files.set(file.path, file)
      forget(files, filesMax)
    },
    names: ({ files: named, fields, by }) => {
      const remote = named.map(({ path }) => files.get(path))
      if (remote.every(file => file === undefined)) return undefined
      const mark = markOf([by, named.map(({ path }) => path), fields.map(({ stored, id }) => [stored, id])])
      reads.delete(mark)
      reads.set(mark, { files: remote, fields, by })
      forget(reads, readsMax)
      const numbers = new Map(fields.map(({ stored }, i) => [stored, i]))
      return ({ stored }) => columnMark(mark, numbers.get(stored) ?? fields.length)
    },
    bring: async (plan, ask) => {
      for (const { read, reading } of known(plan))
        await once(JSON.stringify([reading.mark, [...reading.columns], reading.filters]), () =>
          bring(ask, read, reading),
        )
      forget(brought, broughtMax)
    },
    bringMore: async (plan, words, attempt) => {
      if (!isHole.test(words)) return false
      let more = false
      for (const { read, reading } of plan === undefined ? [] : known(plan)) {
        if (attempt === 1) await bring(undefined, read, reading)
        else await each(read.files, async file => file?.fetchAll())
        more = true
      }
      for (const path of pathsIn(words)) {
        const file = files.get(path)
        if (!file) continue
        const beside = [...reads.values()].find(read => read.files.includes(file))?.files ?? [file]
        more = (await once(path, () => footersOf(beside).then(() => undefined))) || more
      }
      return more
    },
  }
}

/** Without `ask` the plan's filters leave all. */
async function bring(ask: Ask | undefined, { files, fields, by }: Read, reading: Reading): Promise<void> {
  const footers = await footersOf(files)
  const numbers = ask && (await filesLeft(ask, reading, files.length))
  const left = files.flatMap((file, i) => {
    const footer = footers[i]
    return file && footer && (numbers?.has(i) ?? true) ? [{ file, footer }] : []
  })
  const groups =
    ask && (await groupsLeft(ask, { footers: left.map(({ footer }) => footer), reading, fields, by }))
  const columns = fields.filter((_, i) => reading.columns.has(i))
  await each(left, ({ file, footer }) => {
    const kept = footer.groups.filter(group => groups?.has(group) ?? true)
    return file.fetch(rangesOf(kept, { columns, by }))
  })
}

function footersOf(files: Read['files']): Promise<readonly (Footer | undefined)[]> {
  return each(files, async file => file?.footer())
}

async function each<A, B>(items: readonly A[], act: (item: A) => Promise<B>): Promise<readonly B[]> {
  const done: B[] = []
  for (let at = 0; at < items.length; at += filesAtOnce)
    done.push(...(await Promise.all(items.slice(at, at + filesAtOnce).map(act))))
  return done
}

/** DuckDB names the file that is no Parquet. */
function pathsIn(words: string): readonly string[] {
  return [...words.matchAll(/'([^']+)'/g)].flatMap(([, path]) => path ?? [])
}

/** The oldest go. */
function forget(kept: Map<string, unknown>, max: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= max) return
    kept.delete(key)
  }
}
