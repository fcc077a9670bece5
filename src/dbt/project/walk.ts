import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Ignore, ignoreOf } from './ignore.ts'

/** A file of a package, by the folder under which it was looked for. */
export type Found = {
  /** `models`: one of the package's folders for this kind of file. */
  readonly folder: string
  /** `staging/stg_orders.sql`, under that folder. */
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** Every file under these folders of a package, in the order of their paths; each folder is read once. */
export function walker(root: string): (folders: readonly string[], extensions: readonly string[]) => Found[] {
  const ignored = ignoreOf(textOf(join(root, '.dbtignore')) ?? '')
  const known = new Map<string, readonly Found[]>()
  const under = (folder: string): readonly Found[] => {
    const found = known.get(folder) ?? [...filesIn({ root, folder, ignored }, '')]
    known.set(folder, found)
    return found
  }
  return (folders, extensions) => {
    const wanted = [...new Set(folders.map(trimmed))].flatMap(under)
    return wanted.filter(({ path }) => extensions.some(extension => isNamed(path, extension)))
  }
}

/** The text of a file; undefined where there is none. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function trimmed(folder: string): string {
  return folder.replace(/\/+$/, '')
}

/** Files that an editor left behind have no say. */
function isNamed(path: string, extension: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return !/^[.#~]/.test(name) && name.toLowerCase().endsWith(extension)
}

type Place = { readonly root: string; readonly folder: string; readonly ignored: Ignore }

function* filesIn(place: Place, inside: string): Generator<Found> {
  const { root, folder, ignored } = place
  for (const entry of entriesOf(join(root, folder, inside))) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`
    if (entry.isFile() || entry.isSymbolicLink()) {
      const stat = statSync(join(root, folder, path), { throwIfNoEntry: false })
      if (stat?.isDirectory()) yield* filesIn(place, path)
      else if (stat?.isFile() && !ignored(`${folder}/${path}`))
        yield { folder, path, sizeBytes: stat.size, modifiedMs: stat.mtimeMs }
    } else if (entry.isDirectory()) yield* filesIn(place, path)
  }
}

function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}
