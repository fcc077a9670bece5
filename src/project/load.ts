import { existsSync, readdirSync } from 'node:fs'
import { type RegisterHooksOptions, registerHooks } from 'node:module'
import { sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { failure, near } from '../errors/index.ts'
import { type Closures, isOurs } from './closure.ts'
import { importAt } from './thrown.ts'

/**
 * Loads a project's modules. While it is open, `sluice` means this installation to every module of the
 * process.
 */
export type Loader = {
  load(path: string): Promise<{ readonly [name: string]: unknown }>
  close(): void
}

type Resolve = NonNullable<RegisterHooksOptions['resolve']>

/** Installs the hook. Several may be open at once: all do the same, and the last one opened has the say. */
export function openLoader(root: string, closures: Closures): Loader {
  const resolve: Resolve = (specifier, context, next) => {
    if (isOurs(specifier)) {
      const ours = oursOf(specifier)
      if (ours !== undefined) return { url: ours, shortCircuit: true }
      const importer = localOf(context.parentURL ?? '')
      const where = importer === undefined ? undefined : importAt(importer, specifier, { root, closures })
      const known = knownNames()
      const params = { specifier, near: near(specifier, known), known }
      throw failure('SLUICE_IMPORT_UNKNOWN', params, where ? { at: where.at } : {})
    }
    const found = next(specifier, context)
    const path = localOf(found.url)
    if (path === undefined) return found
    // The query makes an edited module, and everything that imports it, a new one: Node never forgets a
    // module it loaded.
    const url = `${found.url.replace(/[?#].*$/, '')}?sluice=${closures.bytes(path)}`
    // Without a package.json beside it a module would be taken for CommonJS, with a warning.
    if (path.endsWith('.ts')) return { ...found, url, format: 'module-typescript' }
    return found.format || !closures.isModule(path) ? { ...found, url } : { ...found, url, format: 'module' }
  }
  const hooks = registerHooks({ resolve })
  return {
    load: async path => {
      const { load } = await import(/* @vite-ignore */ native)
      return load(pathToFileURL(path).href)
    },
    close: () => hooks.deregister(),
  }
}

/** Path of a module that somebody edits: not a builtin, not a package, not of this installation. */
function localOf(url: string): string | undefined {
  if (!url.startsWith('file:') || url.startsWith(here.href)) return undefined
  const path = fileURLToPath(url.replace(/[?#].*$/, ''))
  return /\.[cm]?[jt]s$/.test(path) && !path.includes(`${sep}node_modules${sep}`) ? path : undefined
}

/**
 * Node's own `import()`. Test runners and bundlers put a function of theirs in its place wherever they see it
 * written, and then the hook would never be asked; a module that is only text they leave alone. (`vm` could
 * do it, with a warning.)
 */
const native = 'data:text/javascript,export const load = url => import(url)'

const here = new URL('../', import.meta.url)

/** `sluice`, `sluice/checks`, `sluice/duckdb` … as modules of this installation, built or not. */
function oursOf(specifier: string): string | undefined {
  const name = specifier.slice('sluice/'.length)
  const path = doors.get(name) ?? (/^[a-z0-9-]+$/.test(name) ? `connectors/${name}/index` : undefined)
  return path === undefined ? undefined : existing(path)
}

function knownNames(): readonly string[] {
  return [...[...doors.keys()].map(door => (door === '' ? 'sluice' : `sluice/${door}`)), ...connectors()]
}

/** What can be imported besides connectors, by what stands behind `sluice/`. */
const doors: ReadonlyMap<string, string> = new Map([
  ['', 'index'],
  ['checks', 'checks'],
  ['connect', 'connect/index'],
  ['delta', 'delta'],
  ['testing', 'testing/index'],
])

function connectors(): readonly string[] {
  const folder = new URL('connectors/', here)
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  return entries.filter(entry => entry.isDirectory()).map(entry => `sluice/${entry.name}`)
}

function existing(path: string): string | undefined {
  return ['.ts', '.js'].map(end => new URL(path + end, here)).find(url => existsSync(url))?.href
}
