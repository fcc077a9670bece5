import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project/project.ts'
import { type Found, walker } from '../project/walk.ts'
import { sha256 } from './parsing.ts'

/** A file of a package, read. */
export type SourceFile = {
  readonly package: Project
  /** `models/staging/stg_orders.sql`, from the package's folder. */
  readonly originalPath: string
  /** `staging/stg_orders.sql`, from the folder that the package names for this kind. */
  readonly path: string
  /** Without white space around it. */
  readonly text: string
  readonly checksum: Checksum
}

export type Checksum = { readonly name: 'sha256' | 'path' | 'none'; readonly checksum: string }
export const noChecksum: Checksum = { name: 'none', checksum: '' }

/** Of a larger seed only the path is compared. */
const seedBytesMax = 1_048_576

/** The files of one package, by what they hold. */
export type PackageFiles = {
  readonly macros: readonly SourceFile[]
  readonly genericTests: readonly SourceFile[]
  readonly models: readonly SourceFile[]
  readonly snapshots: readonly SourceFile[]
  readonly analyses: readonly SourceFile[]
  readonly tests: readonly SourceFile[]
  readonly seeds: readonly SourceFile[]
  readonly docs: readonly SourceFile[]
  readonly properties: readonly SourceFile[]
  readonly fixtures: readonly SourceFile[]
  readonly functions: readonly SourceFile[]
}

export function readFiles(project: Project): PackageFiles {
  const find = walker(project.root)
  const { paths } = project
  const read = (folders: readonly string[], ...extensions: string[]): SourceFile[] =>
    find(folders, extensions).map(found => readOne(project, found))
  const under = (name: string): readonly string[] =>
    paths.tests.map(path => `${path.replace(/\/+$/, '')}/${name}`)
  const everywhere = [paths.models, paths.seeds, paths.snapshots, paths.analyses, paths.macros, paths.tests]
  return {
    macros: read(paths.macros, '.sql'),
    genericTests: read(under('generic'), '.sql'),
    models: read(paths.models, '.sql', '.py'),
    snapshots: read(paths.snapshots, '.sql'),
    analyses: read(paths.analyses, '.sql'),
    tests: find(paths.tests, ['.sql'])
      .filter(({ path }) => !/^(?:generic|fixtures)\//.test(path))
      .map(found => readOne(project, found)),
    seeds: find(paths.seeds, ['.csv']).map(found => readSeed(project, found)),
    docs: read(paths.docs, '.md'),
    properties: read([...everywhere, paths.functions].flat(), '.yml', '.yaml'),
    fixtures: read(under('fixtures'), '.csv', '.sql'),
    functions: read(paths.functions, '.sql', '.py'),
  }
}

function readOne(project: Project, found: Found): SourceFile {
  const text = stripped(readFileSync(join(project.root, found.folder, found.path), 'utf8'))
  return { ...placeOf(project, found), text, checksum: { name: 'sha256', checksum: sha256(text) } }
}

function readSeed(project: Project, found: Found): SourceFile {
  const place = placeOf(project, found)
  if (found.sizeBytes >= seedBytesMax)
    return { ...place, text: '', checksum: { name: 'path', checksum: place.originalPath } }
  const text = stripped(readFileSync(join(project.root, found.folder, found.path), 'utf8'))
  return { ...place, text: '', checksum: { name: 'sha256', checksum: sha256(text) } }
}

// Python's white space has four separators more than JavaScript's, and no byte order mark.
const white = '(?:[^\\S\\ufeff]|[\\u001c-\\u001f\\u0085])+'
const around = new RegExp(`^${white}|${white}$`, 'g')

/** Without white space around it, as Python sees it: a byte order mark is none. */
export function stripped(text: string): string {
  return text.replace(around, '')
}

function placeOf(project: Project, { folder, path }: Found): Omit<SourceFile, 'text' | 'checksum'> {
  return { package: project, originalPath: `${folder}/${path}`, path }
}

/** `stg_orders`, of its path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
}

/** The package's name and the folders of a path: the names before a resource's own. */
export function fqnPrefix(packageName: string, path: string): string[] {
  return [packageName, ...path.split('/').slice(0, -1)]
}
