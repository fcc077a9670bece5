import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import type { ReadContext } from '../../connect/index.ts'
import { failure, near } from '../../errors/index.ts'
import { glob, isCode, isGlob } from './glob.ts'
import type { Wish } from './index.ts'

/** A file as it looks without opening it. */
export type Seen = {
  /** What people call it, and how positions know it: relative to the project, or the URL. */
  readonly key: string
  readonly name: string
  /** Where it lies, or its URL. */
  readonly path: string
  readonly remote: boolean
  /** undefined: the server does not say. */
  readonly sizeBytes: number | undefined
  /** Time of the last change in ns, or the server's ETag or date; undefined: nobody says. */
  readonly stamp: string | undefined
}

const filesMax = 100_000

/**
 * How the files look now; equal text means that nothing changed. Never fails for what is not there: reading
 * says that.
 */
export async function probe(wish: Wish, context: ReadContext): Promise<string> {
  const hash = createHash('sha256')
  let count = 0
  for (const path of wish.paths) {
    for (const file of await found(path, context)) {
      // Nothing to go by: it may have changed.
      const stamp = file.stamp ?? `unknown at ${context.nowMs()}`
      hash.update(JSON.stringify([file.key, file.sizeBytes ?? null, stamp]))
      count++
    }
  }
  return `${count} files ${hash.digest('hex').slice(0, 32)}`
}

/**
 * The files that are wanted, each once, in order. What is missing is a failure that says what is there
 * instead.
 */
export async function look(wish: Wish, context: ReadContext): Promise<readonly Seen[]> {
  const files = new Map<string, Seen>()
  for (const path of wish.paths) {
    const some = await found(path, context)
    if (some.length === 0 && !isGlob(path)) throw await missing(path, context)
    for (const file of some) files.set(file.key, file)
  }
  if (files.size > filesMax) {
    throw failure('SLUICE_FILES_MANY', { path: wish.paths.join(', '), files: files.size, filesMax })
  }
  return [...files.values()]
}

export function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path)
}

async function found(path: string, context: ReadContext): Promise<readonly Seen[]> {
  if (isUrl(path)) return [await remote(path, context)]
  const whole = resolve(context.root, path)
  try {
    // A file may be called `data[1].csv`: what is there under the very name is meant.
    const one = await seen(whole, context.root)
    if (one !== undefined) return [one]
    if (!isGlob(path)) return []
    const all = await Promise.all((await glob(whole)).map(it => seen(it, context.root)))
    return all.filter(it => it !== undefined)
  } catch (thrown) {
    if (isCode(thrown, 'EACCES', 'EPERM'))
      throw failure('SLUICE_FILES_UNREADABLE', { path }, { cause: thrown })
    throw thrown
  }
}

async function seen(path: string, root: string): Promise<Seen | undefined> {
  const facts = await statOf(path)
  if (facts === undefined) return undefined
  const key = keyOf(path, root)
  if (facts.isDirectory()) throw failure('SLUICE_FILES_FOLDER', { path: key })
  const { size, mtimeNs } = facts
  return { key, name: key, path, remote: false, sizeBytes: Number(size), stamp: String(mtimeNs) }
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true })
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT', 'ENOTDIR')) return undefined
    throw thrown
  }
}

async function remote(url: string, context: ReadContext): Promise<Seen> {
  const head = await context.http.head(url, { signal: context.signal })
  const name = url.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//')
  // The query may hold a signature, and positions are kept in the ledger.
  const query = /\?([^#]*)/.exec(url)?.[1] ?? ''
  const key = query === '' ? name : `${name}?${createHash('sha256').update(query).digest('hex').slice(0, 16)}`
  return { key, name, path: url, remote: true, sizeBytes: head.sizeBytes, stamp: head.etag ?? head.modified }
}

/**
 * Relative to the project with `/`, so that positions hold when the project moves; absolute if it lies
 * elsewhere.
 */
function keyOf(path: string, root: string): string {
  const from = relative(root, path)
  const inside = from !== '' && !isAbsolute(from) && !from.startsWith(`..${sep}`)
  return inside ? from.split(sep).join('/') : path
}

async function missing(path: string, context: ReadContext) {
  const folder = dirname(resolve(context.root, path))
  let there: readonly string[] = []
  try {
    there = await readdir(folder)
  } catch (thrown) {
    if (!isCode(thrown, 'ENOENT', 'ENOTDIR', 'EACCES')) throw thrown
  }
  return failure('SLUICE_FILES_MISSING', { path, folder, near: near(basename(path), there) })
}
