import { failure } from '../../../errors/index.ts'

// "Add File and Remove File": `path` is a relative path or an absolute one, as a URI: percent-encoded.

/** Where a file of the log lies: below the table's folder, or in a place of its own. */
export type FilePlace = { readonly key: string } | { readonly url: string }

/** `root` is where the table itself lies, as people write it. What leads out of it by dots is refused. */
export function placeOfPath(path: string, root: string): FilePlace {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(path)?.[1]?.toLowerCase()
  if (scheme === undefined && !path.startsWith('/')) return { key: relativeKey(decoded(path), path) }
  const url = absolute(path, scheme)
  const inside = below(url, trimmed(root))
  return inside === undefined ? { url } : { key: relativeKey(inside, path) }
}

/** Whether the place is that of `folder` or below it. */
export function isBelow(url: string, folder: string): boolean {
  return below(url, trimmed(folder)) !== undefined
}

function absolute(path: string, scheme: string | undefined): string {
  const url =
    scheme === undefined || scheme === 'file' ? decoded(path.replace(/^file:\/*/i, '/')) : decoded(path)
  if (/(?:^|[/\\])\.{1,2}(?:[/\\]|$)/.test(url) || url.includes('\0'))
    throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
  return url
}

function below(url: string, folder: string): string | undefined {
  return url.startsWith(`${folder}/`) ? url.slice(folder.length + 1) : undefined
}

function trimmed(folder: string): string {
  return folder.replace(/^file:\/*/i, '/').replace(/\/+$/, '')
}

function relativeKey(key: string, path: string): string {
  const segments = key.split('/')
  const odd = segments.some(segment => segment === '' || segment === '.' || segment === '..')
  if (odd || key.includes('\0') || key.includes('\\')) throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
  return key
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (thrown) {
    throw failure('SLUICE_DELTA_PATH_REFUSED', { path }, { cause: thrown })
  }
}
