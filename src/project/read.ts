import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { About, Target } from '../connect/index.ts'
import { type Authored, isAuthored, isConfig, isRef, type Readable, renderSql } from '../declare/index.ts'
import { Failure, Failures, failure } from '../errors/index.ts'
import {
  type AssetName,
  type At,
  type Body,
  type CheckFile,
  type Declaration,
  defaultLimits,
} from '../model/index.ts'
import { type Closures, openClosures, realOf } from './closure.ts'
import { factsOf, severityOf } from './facts.ts'
import { assetNameOf, configOf, findFiles, isRoot } from './find.ts'
import { fixturesOf } from './fixtures.ts'
import { type Loader, openLoader } from './load.ts'
import { thrownBy } from './thrown.ts'
import type { ConfigRead, ProjectRead } from './types.ts'

/**
 * Read a project. Throws only when `folder` is no project; everything else that is wrong is in `failures`.
 */
export async function readProject(folder: string): Promise<ProjectRead> {
  const root = resolve(folder)
  if (!isRoot(root)) throw failure('SLUICE_PROJECT_NOT_FOUND', { folder })
  const files = findFiles(root)
  const assets = new Set(files.code.map(file => realOf(join(root, file))))
  const closures = openClosures(path => assets.has(path))
  const loader = openLoader(root, closures)
  const work: Work = { root, closures, loader, failures: [] }
  const { config, sources, loaded } = await withLongStacks(async () => ({
    ...(await readConfig(work)),
    loaded: await loadAll(files.code, work),
  }))
  const { declarations, code } = declared([...sources, ...loaded], work)
  const readable = [...declarations, ...files.sql.flatMap(file => sqlDeclaration(file, work))]
  const all = [...readable, ...placeholders([...files.code, ...files.sql], readable)].sort(byFile)
  const checkFiles = files.checks.flatMap(file => checkFile(file, work))
  const tests = fixturesOf(files.tests, new Set(all.map(declaration => declaration.name)))
  const failures = [...toldOnce(work.failures), ...tests.failures].sort(byPlace)
  const close = () => loader.close()
  return { root, config, declarations: all, checkFiles, fixtures: tests.fixtures, code, failures, close }
}

/**
 * Ten frames, V8's default, are all Node's own when a package cannot be resolved: the user's line would be
 * cut off.
 */
async function withLongStacks<T>(act: () => Promise<T>): Promise<T> {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 60
  try {
    return await act()
  } finally {
    Error.stackTraceLimit = before
  }
}

/**
 * What a file that could not be read would have made is still there by its name: the fault is told once, at
 * the file, and not again by everything that reads it.
 */
function placeholders(files: readonly string[], read: readonly Declaration[]): readonly Declaration[] {
  const there = new Set(read.map(({ at }) => at.file))
  return files.flatMap(file => {
    const name = there.has(file) ? undefined : assetNameOf(file)
    if (name === undefined) return []
    const { facts } = factsOf('', file)
    return [{ name, at: startOf(file), body: { kind: 'source' }, facts, code: '', spots: {} }]
  })
}

/** A module that throws does so for everyone who imports it; its own words stand. */
function toldOnce(failures: readonly Failure[]): readonly Failure[] {
  const kept = new Map<string, Failure>()
  for (const failure of failures) {
    const { code, at, why, title } = failure
    const key = JSON.stringify([code, at, why])
    if (!kept.has(key) || (at && title.includes(`\`${at.file}\``))) kept.set(key, failure)
  }
  return [...kept.values()]
}

type Work = {
  readonly root: string
  readonly closures: Closures
  readonly loader: Loader
  readonly failures: Failure[]
}

/** An asset written in TypeScript, loaded; its own SQL may still wait for the names of others. */
export type Loaded = {
  readonly name: AssetName
  readonly at: At
  readonly code: string
  readonly authored: Authored
}

async function readConfig(work: Work): Promise<{ config: ConfigRead; sources: readonly Loaded[] }> {
  const file = configOf(work.root)
  const none: ConfigRead = {
    file,
    name: basename(work.root),
    target: undefined,
    environments: {},
    pools: {},
    limits: defaultLimits,
  }
  if (file === undefined) return { config: none, sources: [] }
  const found = await defaultExport(file, work)
  if (found !== undefined && !isConfig(found.value))
    work.failures.push(failure('SLUICE_CONFIG_EXPORT', { file }, { at: startOf(file) }))
  if (found === undefined || !isConfig(found.value))
    return { config: { ...none, target: noTarget(work.failures) }, sources: [] }
  const { name = none.name, target, environments, pools, limits, sources } = found.value
  const at = exportOf(file, work.root)
  const tables = Object.entries(sources).map(([table, authored]) => ({
    name: table.includes('.') ? table : `main.${table}`,
    at,
    code: '',
    authored,
  }))
  return { config: { file, name, target, environments, pools, limits }, sources: tables }
}

/** Where tables go is not known when the configuration cannot be read; a guess would be another file. */
function noTarget(failures: readonly Failure[]): Target {
  const about: About = {
    name: 'none',
    summary: 'Where nothing can be: the configuration could not be read',
    tier: 'local',
    needs: {},
    can: {},
    limits: {},
    options: {},
  }
  const open = async () => {
    throw new Failures([...failures])
  }
  return { about, describe: 'a target that is not known', options: {}, open }
}

async function loadAll(files: readonly string[], work: Work): Promise<readonly Loaded[]> {
  const loaded = await Promise.all(files.map(file => loadOne(file, work)))
  return loaded.filter(each => each !== undefined)
}

async function loadOne(file: string, work: Work): Promise<Loaded | undefined> {
  const name = nameOf(file, work)
  const found = name === undefined ? undefined : await defaultExport(file, work)
  if (name === undefined || found === undefined) return undefined
  const { value } = found
  const at = exportOf(file, work.root)
  if (!isAuthored(value)) {
    work.failures.push(failure('SLUICE_ASSET_EXPORT', { file, what: wordsFor(value) }, { at }))
    return undefined
  }
  const code = work.closures.code(realOf(join(work.root, file)))
  return { name, at, code, authored: value }
}

async function defaultExport(file: string, work: Work): Promise<{ readonly value: unknown } | undefined> {
  const { root, closures, loader } = work
  try {
    const module = await loader.load(join(root, file))
    return { value: module['default'] }
  } catch (thrown) {
    work.failures.push(thrownBy(thrown, { root, closures, file }))
    return undefined
  }
}

/** Names first, then bodies: a template may hold an asset whose file comes later. */
export function declared(
  loaded: readonly Loaded[],
  work: Pick<Work, 'failures'>,
): { readonly declarations: readonly Declaration[]; readonly code: ReadonlyMap<AssetName, Authored> } {
  const owners = new Map<unknown, Loaded>()
  const own: Loaded[] = []
  for (const each of loaded) {
    const first = owners.get(each.authored)
    if (first === undefined) {
      owners.set(each.authored, each)
      own.push(each)
      continue
    }
    const params = { file: each.at.file, other: first.at.file }
    work.failures.push(failure('SLUICE_ASSET_TWICE', params, { at: each.at }))
  }
  const declarations: Declaration[] = []
  for (const { name, at, code, authored } of own) {
    const nameOfRead = (read: Readable): AssetName => {
      const found = isRef(read) ? read.name : owners.get(read)?.name
      if (found === undefined) throw failure('SLUICE_ASSET_NAMELESS', { asset: name }, { at })
      return found
    }
    try {
      declarations.push({
        name,
        at,
        body: bodyOf(authored, nameOfRead),
        facts: authored.facts,
        code,
        spots: {},
      })
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown
      work.failures.push(thrown)
    }
  }
  return { declarations, code: new Map(own.map(({ name, authored }) => [name, authored])) }
}

function bodyOf(authored: Authored, nameOfRead: (read: Readable) => AssetName): Body {
  switch (authored.kind) {
    case 'ingest': {
      const { about, describe, options, eachOnce = false } = authored.source
      return { kind: 'ingest', connector: about.name, describe, options, eachOnce }
    }
    case 'sql':
      return { kind: 'sql', text: renderSql(authored.query, nameOfRead), origin: 'template' }
    case 'rows': {
      const inputs = Object.entries(authored.inputs)
      return { kind: 'rows', inputs: inputs.map(([as, read]) => ({ as, asset: nameOfRead(read) })) }
    }
    case 'export': {
      const { about, options } = authored.sink
      return { kind: 'export', text: renderSql(authored.query, nameOfRead), connector: about.name, options }
    }
    case 'source':
      return { kind: 'source' }
  }
}

function sqlDeclaration(file: string, work: Work): readonly Declaration[] {
  const name = nameOf(file, work)
  const text = textOf(file, work)
  if (name === undefined || text === undefined) return []
  const { facts, spots, failures } = factsOf(text, file)
  work.failures.push(...failures)
  return [{ name, at: startOf(file), body: { kind: 'sql', text, origin: 'file' }, facts, code: '', spots }]
}

function checkFile(file: string, work: Work): readonly CheckFile[] {
  const text = textOf(file, work)
  if (text === undefined) return []
  const { severity, failures } = severityOf(text, file)
  work.failures.push(...failures)
  const name = file.slice('checks/'.length, -'.sql'.length)
  return [{ name, at: startOf(file), text, severity }]
}

function nameOf(file: string, work: Work): AssetName | undefined {
  const name = assetNameOf(file)
  if (name === undefined) work.failures.push(failure('SLUICE_ASSET_NAME', { file }, { at: startOf(file) }))
  return name
}

/** Text of a file, without the byte order mark that some editors put at its start. */
function textOf(file: string, { root, failures }: Work): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(root, file)))
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
    // Every other text would be a guess, and a letter in a literal is data.
    const words = thrown instanceof TypeError ? 'It is not text in UTF-8.' : thrown.message
    failures.push(failure('SLUICE_FILE_UNREADABLE', { file, words }, { at: startOf(file) }))
    return undefined
  }
}

function startOf(file: string): At {
  return { file, line: 1, column: 1, length: 0 }
}

/** The line that makes the asset: `export default`. */
function exportOf(file: string, root: string): At {
  const before = /^[^]*?^(?=export\s+default\b)/m.exec(readFileSync(join(root, file), 'utf8'))?.[0] ?? ''
  return { file, line: before.split(/\r\n|\r|\n/).length, column: 1, length: 0 }
}

function wordsFor(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function byFile(a: Declaration, b: Declaration): number {
  return a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : a.name < b.name ? -1 : 1
}

function byPlace(a: Failure, b: Failure): number {
  const [x, y] = [a.at?.file ?? '', b.at?.file ?? '']
  return x < y ? -1 : x > y ? 1 : (a.at?.line ?? 0) - (b.at?.line ?? 0)
}
