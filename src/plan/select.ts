import { failure, near } from '../errors/index.ts'
import type { Asset, AssetHistory, AssetName, History, Manifest, Request } from '../model/index.ts'
import { type Graph, graphOf } from './graph.ts'

/** What to take and what to leave out, in dbt's selection syntax. */
export type Selection = Pick<Request, 'select' | 'exclude'>

/**
 * The assets that the expressions name. Words within one expression and several expressions are united, parts
 * joined by a comma are intersected: `marts.* tag:daily,state:changed+`. An unknown name is a failure that
 * offers near ones.
 *
 * `a` · `schema` · `marts.*` · `assets/marts` · `+a` `2+a` (what it reads) · `a+` `a+3` (what reads it) ·
 * `@a` (what reads it, and all that those read) · `tag:` `path:` `kind:` `owner:` `source:` `state:`
 * `result:`.
 */
export function select(manifest: Manifest, selection: Selection, history: History): ReadonlySet<AssetName> {
  const wanted = selected(graphOf(manifest), selection, history)
  return new Set(manifest.assets.filter((_, i) => wanted?.has(i) ?? true).map(asset => asset.name))
}

/** The same by number, for those that have the graph already. undefined: every asset. */
export function selected(
  graph: Graph,
  selection: Selection,
  history: History,
): ReadonlySet<number> | undefined {
  const scope: Scope = { graph, history, readers: undefined }
  const words = wordsOf(selection.select)
  const unwanted = union(wordsOf(selection.exclude), scope)
  if (words.length === 0 && unwanted.size === 0) return undefined
  const wanted = words.length === 0 ? everything(graph) : union(words, scope)
  for (const i of unwanted) wanted.delete(i)
  return wanted
}

type Scope = { readonly graph: Graph; readonly history: History; readers: number[][] | undefined }

function wordsOf(expressions: readonly string[]): readonly string[] {
  return expressions.flatMap(expression => expression.split(/\s+/)).filter(word => word !== '')
}

function everything(graph: Graph): Set<number> {
  return new Set(graph.assets.keys())
}

function union(words: readonly string[], scope: Scope): Set<number> {
  const all = new Set<number>()
  for (const word of words) {
    const parts = word.split(',').filter(part => part !== '')
    let both: Set<number> | undefined
    for (const part of parts) {
      const found = term(part, scope)
      both = both === undefined ? found : new Set([...both].filter(i => found.has(i)))
    }
    for (const i of both ?? []) all.add(i)
  }
  return all
}

const form = /^(@)?(?:(\d*)(\+))?(?:([a-z_]+):)?(.+?)(?:(\+)(\d*))?$/

function term(word: string, scope: Scope): Set<number> {
  const found = form.exec(word)
  if (!found) throw failure('SLUICE_SELECTION_WORD', { word })
  const [, at, upDepth, up, method, value = '', down, downDepth] = found
  const start = matching({ method, value, word }, scope)
  const all = new Set(start)
  if (at || down) reach(start, readersOf(scope), { depth: depthOf(downDepth), into: all })
  if (at) reach(new Set(all), readsOf(scope), { depth: Number.POSITIVE_INFINITY, into: all })
  else if (up) reach(start, readsOf(scope), { depth: depthOf(upDepth), into: all })
  return all
}

function depthOf(digits: string | undefined): number {
  return digits ? Number(digits) : Number.POSITIVE_INFINITY
}

function reach(
  start: ReadonlySet<number>,
  next: (i: number) => readonly number[],
  walk: { readonly depth: number; readonly into: Set<number> },
): void {
  // Not `into`: what an earlier walk found has neighbours that this one has not seen.
  const seen = new Set(start)
  let edge = [...start]
  for (let depth = 0; depth < walk.depth && edge.length > 0; depth++) {
    const found = new Set(edge.flatMap(next).filter(i => !seen.has(i)))
    for (const i of found) {
      seen.add(i)
      walk.into.add(i)
    }
    edge = [...found]
  }
}

function readsOf(scope: Scope): (i: number) => readonly number[] {
  return i => (scope.graph.reads[i] ?? []).map(link => link.to)
}

function readersOf(scope: Scope): (i: number) => readonly number[] {
  const { reads } = scope.graph
  const readers = scope.readers ?? reads.map((): number[] => [])
  if (scope.readers === undefined)
    for (const [i, links] of reads.entries()) for (const link of links) readers[link.to]?.push(i)
  scope.readers = readers
  return i => readers[i] ?? []
}

type Term = { readonly method: string | undefined; readonly value: string; readonly word: string }

function matching({ method, value, word }: Term, scope: Scope): Set<number> {
  const { graph } = scope
  const way = method ?? (value.includes('/') ? 'path' : 'name')
  const test = methods[way]
  if (test === undefined) {
    const known = Object.keys(methods)
    throw failure('SLUICE_SELECTION_METHOD', { word, method: way, known, near: near(way, known) })
  }
  const exact = way === 'name' ? graph.indexOf.get(value) : undefined
  if (exact !== undefined) return new Set([exact])
  const says = test.of(value)
  const found = new Set<number>()
  for (const [i, asset] of graph.assets.entries())
    if (says(asset, scope.history.assets[asset.name])) found.add(i)
  if (found.size === 0) complain(test, { method: way, value, word }, graph)
  return found
}

function complain(test: Method, { method = 'name', value, word }: Term, graph: Graph): void {
  if (test.known === undefined) return
  const known = [...new Set(graph.assets.flatMap(test.known))].sort()
  // A word of a fixed vocabulary (`state:new`) may well hold for no asset today.
  if (test.fixed && known.includes(value)) return
  throw failure('SLUICE_SELECTION_UNKNOWN', {
    word,
    what: method === 'name' ? 'asset' : method,
    value,
    near: near(value, known),
    ...(test.fixed ? { known } : {}),
  })
}

type Test = (asset: Asset, past: AssetHistory | undefined) => boolean

type Method = {
  readonly of: (value: string) => Test
  /**
   * Values that would have found this asset, to offer near ones; undefined: finding nothing is no mistake.
   */
  readonly known?: (asset: Asset) => readonly string[]
  /** `known` is the same for every asset and complete. */
  readonly fixed?: true
}

const kinds = ['sql', 'ingest', 'rows', 'export', 'source']
const outcomes = ['success', 'failed', 'blocked', 'cancelled']

const states: { readonly [state: string]: Test } = {
  new: (_, past) => !isBuilt(past),
  changed: (asset, past) => isBuilt(past) && differs(asset, past),
  modified: (asset, past) => !isBuilt(past) || differs(asset, past),
  unmodified: (asset, past) => isBuilt(past) && !differs(asset, past),
  failed: (_, past) => past?.lastOutcome === 'failed' || past?.lastOutcome === 'blocked',
}

const methods: { readonly [method: string]: Method } = {
  name: { of: byName, known: asset => [asset.name, schemaOf(asset.name)] },
  path: { of: byPath, known: asset => [asset.at.file] },
  tag: { of: value => byGlob(value, asset => asset.tags), known: asset => asset.tags },
  owner: {
    of: value => byGlob(value, asset => [asset.owner ?? '']),
    known: asset => (asset.owner ? [asset.owner] : []),
  },
  kind: {
    of: value => asset => asset.kind === value || asset.write === value,
    known: () => [...kinds, 'view'],
    fixed: true,
  },
  source: {
    of: value => {
      const named = byName(value)
      return (asset, past) => (asset.kind === 'source' || asset.kind === 'ingest') && named(asset, past)
    },
    known: asset => (asset.kind === 'source' || asset.kind === 'ingest' ? [asset.name] : []),
  },
  state: { of: value => states[value] ?? (() => false), known: () => Object.keys(states), fixed: true },
  result: { of: value => (_, past) => past?.lastOutcome === value, known: () => outcomes, fixed: true },
}

function isBuilt(past: AssetHistory | undefined): past is AssetHistory {
  return past !== undefined && past.version > 0
}

function differs(asset: Asset, past: AssetHistory): boolean {
  return past.fingerprint !== asset.fingerprint || past.checksFingerprint !== asset.checksFingerprint
}

function schemaOf(name: AssetName): string {
  return name.slice(0, name.indexOf('.'))
}

/** A whole name, a pattern, or one word that is a schema or a table. */
function byName(value: string): Test {
  if (isPattern(value)) {
    const pattern = glob(value)
    return asset => pattern.test(asset.name)
  }
  return asset => asset.name === value || schemaOf(asset.name) === value || asset.name.endsWith(`.${value}`)
}

function byPath(value: string): Test {
  const path = value.replace(/^\.\//, '').replace(/\/+$/, '')
  if (isPattern(path)) {
    const pattern = glob(path)
    return asset => pattern.test(asset.at.file)
  }
  return asset => asset.at.file === path || asset.at.file.startsWith(`${path}/`)
}

function byGlob(value: string, of: (asset: Asset) => readonly string[]): Test {
  const pattern = glob(value)
  return asset => of(asset).some(name => pattern.test(name))
}

function isPattern(value: string): boolean {
  return /[*?]/.test(value)
}

/**
 * `*` is any text within a name, `?` one character. Linear to match: parts between stars are found left to
 * right.
 */
function glob(value: string): { test(text: string): boolean } {
  const parts = value.split(/\*+/)
  if (parts.length === 1 && !value.includes('?')) return { test: text => text === value }
  const [head = '', ...rest] = parts
  const tail = rest.pop()
  return { test: text => globTest(text, { head, middle: rest, tail }) }
}

type Parts = { readonly head: string; readonly middle: readonly string[]; readonly tail: string | undefined }

function globTest(text: string, { head, middle, tail }: Parts): boolean {
  if (!isAt(text, head, 0)) return false
  if (tail === undefined) return text.length === head.length
  let from = head.length
  for (const part of middle) {
    while (from + part.length <= text.length && !isAt(text, part, from)) from++
    from += part.length
  }
  return from + tail.length <= text.length && isAt(text, tail, text.length - tail.length)
}

function isAt(text: string, part: string, offset: number): boolean {
  if (offset + part.length > text.length) return false
  for (let i = 0; i < part.length; i++) if (part[i] !== '?' && part[i] !== text[offset + i]) return false
  return true
}
