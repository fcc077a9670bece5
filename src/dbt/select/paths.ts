import { failure } from '../../errors/index.ts'
import type { Manifest } from '../face.ts'
import { pattern } from './pattern.ts'

/** The files and folders of a project that anything in its manifest came from; folders are `true`. */
export type Paths = ReadonlyMap<string, boolean>

/**
 * dbt looks for `path:` on the disk, below the root's folder. Whatever it finds there counts only if a
 * resource came from it, so the manifest knows enough. Files of other packages are named below their own
 * folder: they count where the root has the same name.
 */
export function pathsOf(manifest: Manifest): Paths {
  const root = manifest.metadata.project_name
  const paths = new Map<string, boolean>()
  const add = (path: string): void => {
    paths.set(path, false)
    for (const folder of foldersOf(path)) paths.set(folder, true)
  }
  const { selectors: _, metadata: __, disabled, ...kinds } = manifest
  const resources: Iterable<object>[] = Object.values(kinds).map(kind => kind.values())
  for (const each of [...resources, [...disabled.values()].flat()])
    for (const resource of each) {
      const { package_name: name, original_file_path: path, patch_path: patch } = resource as Filed
      if (name === root && path) add(path)
      if (patch?.startsWith(`${root}://`)) add(pathOfPatch(patch))
    }
  return paths
}

type Filed = { package_name: string; original_file_path?: string; patch_path?: string | null }

/** `shop://models/schema.yml` without its package. */
export function pathOfPatch(patch: string): string {
  return patch.slice(patch.indexOf('://') + '://'.length)
}

/** `models/staging`, `models` of `models/staging/a.sql`. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

/** Which of the paths a pattern means: `models/staging`, `models/**` (folders), `models/*.sql`. */
export function pathsLike(paths: Paths, text: string): ReadonlySet<string> {
  const parts = text.split('/').filter(part => part !== '' && part !== '.')
  const refused = (words: string) => failure('SLUICE_DBT_SELECTION', { expression: `path:${text}`, words })
  if (text.startsWith('/')) throw refused("A path begins at the project's folder, not with `/`.")
  if (parts.some(part => part.includes('**') && part !== '**'))
    throw refused('`**` stands for whole folders: write it alone between two `/`.')
  const tests = parts.map(part => (part === '**' ? part : pattern(part)))
  const found = [...paths].filter(([path, isFolder]) => isLike(tests, path.split('/'), isFolder))
  return new Set(found.map(([path]) => path))
}

type Test = '**' | ((part: string) => boolean)

function isLike(tests: readonly Test[], parts: readonly string[], isFolder: boolean): boolean {
  const [test, ...others] = tests
  if (test === undefined) return parts.length === 0
  if (test !== '**')
    return parts[0] !== undefined && test(parts[0]) && isLike(others, parts.slice(1), isFolder)
  // Only folders are passed over, so that at its end it means folders alone.
  if (others.length === 0) return isFolder
  return parts.some((_, at) => isLike(others, parts.slice(at), isFolder))
}
