import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project/project.ts'
import { type Found, walker } from '../project/walk.ts'
import { sha256 } from './hash.ts'

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
export type FilesOf<File> = {
  readonly macros: readonly File[]
  readonly genericTests: readonly File[]
  readonly models: readonly File[]
  readonly snapshots: readonly File[]
  readonly analyses: readonly File[]
  readonly tests: readonly File[]
  readonly seeds: readonly File[]
  readonly docs: readonly File[]
  readonly properties: readonly File[]
  readonly fixtures: readonly File[]
  readonly functions: readonly File[]
}

export type PackageFiles = FilesOf<SourceFile>

/** Find the files of a package, without reading them. */
export function findFiles({ root, paths }: Project): FilesOf<Found> {
  const find = walker(root)
  const under = (name: string): readonly string[] =>
    paths.tests.map(path => `${path.replace(/\/+$/, '')}/${name}`)
  const everywhere = [paths.models, paths.seeds, paths.snapshots, paths.analyses, paths.macros, paths.tests]
  return {
    macros: find(paths.macros, ['.sql']),
    genericTests: find(under('generic'), ['.sql']),
    models: find(paths.models, ['.sql', '.py']),
    snapshots: find(paths.snapshots, ['.sql']),
    analyses: find(paths.analyses, ['.sql']),
    tests: find(paths.tests, ['.sql']).filter(({ path }) => !/^(?:generic|fixtures)\//.test(path)),
    seeds: find(paths.seeds, ['.csv']),
    docs: find(paths.docs, ['.md']),
    properties: find([...everywhere, paths.functions].flat(), ['.yml', '.yaml']),
    fixtures: find(under('fixtures'), ['.csv', '.sql']),
    functions: find(paths.functions, ['.sql', '.py']),
  }
}

/** Read what was found. */
export function readFiles(project: Project, found: FilesOf<Found>): PackageFiles {
  const read = (files: readonly Found[]): SourceFile[] => files.map(file => readOne(project, file))
  return {
    macros: read(found.macros),
    genericTests: read(found.genericTests),
    models: read(found.models),
    snapshots: read(found.snapshots),
    analyses: read(found.analyses),
    tests: read(found.tests),
    seeds: found.seeds.map(file => readSeed(project, file)),
    docs: read(found.docs),
    properties: read(found.properties),
    fixtures: read(found.fixtures),
    functions: read(found.functions),
  }
}

/** By what it is told that files are the same as before: their names, sizes and times of change. */
export function signatureOf(found: FilesOf<Found>): string {
  return Object.values(found)
    .flat()
    .map(({ folder, path, sizeBytes, modifiedMs }) => `${folder}/${path} ${sizeBytes} ${modifiedMs}`)
    .join('\n')
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
  return /^[!-~][^]*[!-~]$/.test(text) ? text : text.replace(around, '')
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
