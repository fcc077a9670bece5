import { readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { failure } from '../errors/index.ts'

/**
 * The nearest folder at or above `start` that is a project: it has `sluice.config.ts` (or `.js`) or a folder
 * `assets`.
 */
export function findRoot(start: string): string {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (isRoot(folder)) return folder
    if (folder === dirname(folder)) throw failure('SLUICE_PROJECT_NOT_FOUND', { folder: start })
  }
}

export function isRoot(folder: string): boolean {
  return configOf(folder) !== undefined || isFolder(join(folder, 'assets'))
}

/** Name of the config file in the folder. */
export function configOf(folder: string): string | undefined {
  return ['sluice.config.ts', 'sluice.config.js'].find(name => isFile(join(folder, name)))
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** What a project's folders hold: paths relative to the root, with `/`, sorted. */
export type Found = {
  readonly sql: readonly string[]
  readonly code: readonly string[]
  readonly checks: readonly string[]
  readonly tests: readonly string[]
}

export function findFiles(root: string): Found {
  const assets = walk(root, 'assets')
  return {
    sql: assets.filter(path => path.endsWith('.sql')),
    code: assets.filter(path => /\.[jt]s$/.test(path) && !/\.(d|test)\.[jt]s$/.test(path)),
    checks: walk(root, 'checks').filter(path => path.endsWith('.sql')),
    tests: walk(root, 'tests'),
  }
}

/**
 * Files below a folder, but nothing whose name, or whose folder's name, begins with `_` or `.`. Links are
 * followed; a folder that leads back into itself is entered once.
 */
function walk(root: string, folder: string, above: ReadonlySet<string> = new Set()): readonly string[] {
  const place = join(root, folder)
  if (!isFolder(place)) return []
  const real = realpathSync(place)
  if (above.has(real)) return []
  const inside = new Set([...above, real])
  const found: string[] = []
  for (const name of readdirSync(place).sort()) {
    if (/^[_.]/.test(name) || name === 'node_modules') continue
    const path = `${folder}/${name}`
    if (isFolder(join(root, path))) found.push(...walk(root, path, inside))
    else found.push(path)
  }
  return found
}

/**
 * The asset that a path below `assets/` names: first folder and file name; `main` where there is no folder.
 * undefined: the name holds a dot and could not be told from schema and table.
 */
export function assetNameOf(path: string): string | undefined {
  const parts = path.split('/').slice(1)
  const file = (parts.at(-1) ?? '').replace(/\.(sql|ts|js)$/, '')
  const schema = parts.length > 1 ? (parts[0] ?? '') : 'main'
  return file.includes('.') || schema.includes('.') ? undefined : `${schema}.${file}`
}
