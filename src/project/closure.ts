import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isFile } from './find.ts'
import { hash } from './hash.ts'
import { type Import, importsLike, importsOf } from './imports.ts'
import { tokensOf } from './tokens.ts'

/** What the modules of a project consist of, read once. Paths are absolute and real. */
export type Closures = {
  /**
   * Hash of everything that a module's code consists of: its tokens and those of every local module it
   * imports, and the versions of packages. Of an imported asset only that it is imported counts: its rows are
   * an input, and whether they changed is what versions of assets tell; its code is not run by whoever reads
   * it. Where more than the default export of an asset's module is taken, its code counts.
   */
  code(path: string): string
  /**
   * Hash of the bytes of a module and all local modules it imports: changes whenever any of them must be
   * loaded anew.
   */
  bytes(path: string): string
  /** Does it import or export anything, as modules do and CommonJS does not? */
  isModule(path: string): boolean
  /** The import that names a package, or the module at an absolute path. */
  importing(path: string, target: string): Import | undefined
}

type Module = {
  readonly isModule: boolean
  readonly bytes: string
  readonly tokens: string
  readonly imports: readonly Import[]
  readonly local: readonly { readonly path: string; readonly onlyDefault: boolean }[]
  readonly packages: readonly string[]
}

export function openClosures(isAsset: (path: string) => boolean): Closures {
  const modules = new Map<string, Module>()
  const versions = new Map<string, string>()
  const moduleOf = (path: string): Module => {
    const known = modules.get(path)
    if (known) return known
    const read = readModule(path, versions)
    modules.set(path, read)
    return read
  }
  const reached = (start: string, follow: (to: Module['local'][number]) => boolean): readonly string[] => {
    const seen = new Set([start])
    // A set that grows while it is walked: a breadth-first search.
    for (const path of seen) for (const to of moduleOf(path).local) if (follow(to)) seen.add(to.path)
    return [...seen].sort()
  }
  return {
    code: start => {
      const digest = createHash('sha256')
      for (const path of reached(start, to => !(to.onlyDefault && isAsset(to.path)))) {
        const { tokens, packages } = moduleOf(path)
        digest.update(`${tokens}\n${packages.join('\n')}\n\n`)
      }
      return digest.digest('hex').slice(0, 32)
    },
    bytes: start => {
      const digest = createHash('sha256')
      for (const path of reached(start, () => true)) digest.update(`${path}\n${moduleOf(path).bytes}\n`)
      return digest.digest('hex').slice(0, 16)
    },
    isModule: path => moduleOf(path).isModule,
    importing: (path, target) => {
      const { imports } = moduleOf(path)
      return imports.find(
        ({ specifier }) =>
          specifier === target ||
          specifier.startsWith(`${target}/`) ||
          resolve(dirname(path), specifier) === target,
      )
    },
  }
}

function readModule(path: string, versions: Map<string, string>): Module {
  const data = isFile(path) ? readFileSync(path) : Buffer.alloc(0)
  const bytes = hash(data)
  const text = data.toString('utf8')
  if (!/\.[cm]?[jt]s$/.test(path))
    return { bytes, tokens: bytes, imports: [], local: [], packages: [], isModule: false }
  // What is not UTF-8 decodes to the same marks whatever it says.
  const isModule = /^\s*(?:import|export)\b/m.test(text)
  const tokens = text.includes('\uFFFD') ? undefined : tokensOf(text)
  const imports = tokens ? importsOf(tokens) : importsLike(text)
  const local: { path: string; onlyDefault: boolean }[] = []
  const packages: string[] = []
  for (const { specifier, onlyDefault } of imports) {
    const found = resolved(specifier, path)
    if (found.path !== undefined) local.push({ path: found.path, onlyDefault })
    else packages.push(versionOf(found.name, path, versions))
  }
  // Same tokens, same hash, wherever the file lies: moving it changes no row.
  const normal = tokens ? hash(tokens.map(token => token.text).join('\u0000')) : bytes
  return { bytes, tokens: normal, imports, local, packages: packages.sort(), isModule }
}

/** A local module by path, or the name of a package, a builtin or of what is not there. */
function resolved(specifier: string, from: string): { path?: string; name: string } {
  if (isOurs(specifier) || isBuiltin(specifier)) return { name: '' }
  if (/^\.{0,2}\//.test(specifier))
    return { path: realOf(resolve(dirname(from), withoutQuery(specifier))), name: '' }
  if (specifier.startsWith('file:')) return { path: realOf(fileURLToPath(withoutQuery(specifier))), name: '' }
  const path = installed(specifier, from)
  // A linked workspace: its version stays while its code changes, so it is read as part of the project.
  if (path !== undefined && !path.includes(`${sep}node_modules${sep}`)) return { path, name: '' }
  return { name: specifier }
}

/**
 * This package and Node's own modules count for nothing: a new version of either would else build every table
 * of every project again. What a release changes about rows it must say in the fingerprint of the assets
 * concerned.
 */
export function isOurs(specifier: string): boolean {
  return specifier === 'sluice' || specifier.startsWith('sluice/')
}

function withoutQuery(specifier: string): string {
  return specifier.replace(/[?#].*$/, '')
}

/** Where a path really leads; a path to nothing stays as it is. */
export function realOf(path: string): string {
  return isFile(path) ? realpathSync(path) : path
}

function installed(specifier: string, from: string): string | undefined {
  try {
    return realOf(createRequire(pathToFileURL(from)).resolve(specifier))
  } catch (thrown) {
    // Not installed, or exported to `import` alone: then the folder's package.json tells the version.
    if (thrown instanceof Error && 'code' in thrown) return undefined
    throw thrown
  }
}

function versionOf(specifier: string, from: string, versions: Map<string, string>): string {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
  if (name === '') return ''
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name, 'package.json')
    const known = versions.get(path) ?? (isFile(path) ? hash(readFileSync(path, 'utf8')) : '')
    versions.set(path, known)
    if (known !== '') return `${specifier} ${known}`
    if (folder === dirname(folder)) return `${specifier} not found`
  }
}
