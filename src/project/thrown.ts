import { readFileSync, realpathSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Code, catalogue, Failure, failure } from '../errors/index.ts'
import type { At } from '../model/index.ts'
import { atOffset, lineStarts } from '../sql/index.ts'
import type { Closures } from './closure.ts'
import { isFile } from './find.ts'

export type Loading = {
  readonly root: string
  readonly closures: Closures
  /** The module that was asked for, relative to the root. */
  readonly file: string
}

/** What a module threw while it was loaded, as a failure at the user's own line. */
export function thrownBy(thrown: unknown, loading: Loading): Failure {
  const { root, file } = loading
  const start: At = { file, line: 1, column: 1, length: 0 }
  if (isFailure(thrown)) {
    const { notes, cause } = thrown
    return new Failure(thrown.code, thrown, { at: thrown.at ?? frameOf(thrown, root) ?? start, notes, cause })
  }
  if (!(thrown instanceof Error)) {
    return failure(
      'SLUICE_ASSET_THROWS',
      { file, words: `It throws ${typeof thrown}, not an error.` },
      { at: start },
    )
  }
  const missing = missingOf(thrown, loading)
  if (missing) return missing
  const syntax = syntaxOf(thrown, root)
  if (syntax)
    return failure('SLUICE_ASSET_SYNTAX', { file: syntax.file, words: thrown.message }, { at: syntax })
  const at = frameOf(thrown, root) ?? start
  return failure(
    'SLUICE_ASSET_THROWS',
    { file, words: `${thrown.name}: ${thrown.message}` },
    { at, cause: thrown },
  )
}

/** Also one that a second copy of this package made: there `instanceof` says no. */
function isFailure(thrown: unknown): thrown is Failure {
  if (thrown instanceof Failure) return true
  if (!(thrown instanceof Error) || thrown.name !== 'Failure' || !('code' in thrown)) return false
  return Object.hasOwn(catalogue, thrown.code as Code)
}

/**
 * Node's words: `Cannot find module '/a/b.ts' imported from /a/c.ts`, `Cannot find package 'x' imported from
 * …`.
 */
function missingOf(thrown: Error, { root, closures, file }: Loading): Failure | undefined {
  if (!('code' in thrown) || thrown.code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const found = /^Cannot find (?:module|package) '(.+?)' imported from (.+?)\s*$/.exec(thrown.message)
  const [, target = '', by = ''] = found ?? []
  const importer = by.startsWith('file:') ? fileURLToPath(by) : by
  if (!isFile(importer)) return undefined
  const where = importAt(importer, target, { root, closures })
  const params = { file: where?.at.file ?? file, target: where?.specifier ?? target }
  return failure('SLUICE_IMPORT_NOT_FOUND', params, where ? { at: where.at } : {})
}

/** Where a module imports something, as it is written there. */
export function importAt(
  importer: string,
  target: string,
  { root, closures }: Pick<Loading, 'root' | 'closures'>,
): { readonly specifier: string; readonly at: At } | undefined {
  const found = closures.importing(importer, target)
  const file = insideOf(root, importer)
  if (found === undefined || file === undefined) return undefined
  const source = { file, starts: lineStarts(readFileSync(importer, 'utf8')) }
  return { specifier: found.specifier, at: atOffset(source, found.offset, found.specifier.length + 2) }
}

/** V8 and Node begin the stack of a syntax error with its place, the line, and carets under it. */
function syntaxOf(thrown: Error, root: string): At | undefined {
  if (thrown.name !== 'SyntaxError') return undefined
  const [head = '', ...lines] = (thrown.stack ?? '').split('\n')
  const place = /^(.+?)(?:\?[^:]*)?:(\d+)$/.exec(head)
  const file = place && insideOf(root, pathOf(place[1] ?? ''))
  if (!file) return undefined
  const carets = lines.slice(0, 4).find(line => /^\s*\^+\s*$/.test(line)) ?? ''
  const column = carets.indexOf('^')
  return {
    file,
    line: Number(place[2]),
    column: Math.max(column, 0) + 1,
    length: column < 0 ? 0 : carets.trim().length,
  }
}

/** The first place in the stack that is the user's: below the root, and no package. */
function frameOf(thrown: Error, root: string): At | undefined {
  const frames = (thrown.stack ?? '').matchAll(
    /(?:\(|at (?:async )?)([^\s()]+?)(?:\?[^:\s)]*)?:(\d+):(\d+)\)?$/gm,
  )
  for (const [, place = '', line, column] of frames) {
    const file = insideOf(root, pathOf(place))
    if (file) return { file, line: Number(line), column: Number(column), length: 0 }
  }
  return undefined
}

function pathOf(place: string): string {
  return place.startsWith('file:') ? fileURLToPath(place) : place
}

function insideOf(root: string, path: string): string | undefined {
  const inside = relative(realpathSync(root), path).split(sep)
  return inside[0] === '..' || inside.includes('node_modules') || !isFile(path) ? undefined : inside.join('/')
}
