import { distinctIds, isCheckName, readCheck, vocabulary } from '../check/index.ts'
import { readOptions } from '../declare/index.ts'
import { Failure, failure, near } from '../errors/index.ts'
import type { At, Check, Column, Facts } from '../model/index.ts'
import { type RawFact, readFacts } from '../sql/index.ts'

export type FactsRead = {
  readonly facts: Facts
  readonly spots: { readonly [fact: string]: At }
  readonly failures: readonly Failure[]
}

/**
 * Facts in the comments of a query, with their meaning: the same vocabulary as the options of TypeScript
 * assets.
 */
export function factsOf(text: string, file: string): FactsRead {
  const raw = readFacts(text, file)
  const draft: Draft = { options: {}, columns: new Map(), checks: [], spots: {}, failures: [] }
  if (raw.doc !== '') draft.options['doc'] = raw.doc
  for (const { column, doc, at } of raw.columns) {
    columnOf(draft, column, at).doc = doc
  }
  for (const fact of raw.facts) read(fact, draft)
  for (const stray of raw.strays)
    if (isCheckName(stray.name) || stray.name in assetFacts)
      draft.failures.push(failure('SLUICE_FACT_STRAY', { fact: stray.name }, { at: stray.at }))
  const { spots, failures, options } = draft
  const checks = distinctIds(draft.checks)
  for (const { id, at } of checks) if (at) spots[id] ??= at
  const columns: readonly Column[] = [...draft.columns.values()]
  return { facts: { ...readOptions(options), checks, columns }, spots, failures }
}

type Draft = {
  readonly options: { [option: string]: unknown }
  readonly columns: Map<string, { -readonly [K in keyof Column]: Column[K] }>
  readonly checks: Check[]
  readonly spots: { [fact: string]: At }
  readonly failures: Failure[]
}

/**
 * Facts of the asset: which option of TypeScript each one is, and how its words become that option's value.
 */
const assetFacts: { readonly [fact: string]: readonly [option: string, value: (words: string) => unknown] } =
  {
    key: ['key', names],
    cursor: ['cursor', name],
    lag: ['lag', text],
    partition: ['partition', text],
    materialize: ['materialize', text],
    write: ['write', text],
    every: ['every', text],
    owner: ['owner', text],
    tag: ['tags', names],
    contract: ['contract', pairs],
    trigger: ['trigger', text],
    retries: ['retries', retries],
    timeout: ['timeout', text],
    pool: ['pool', text],
    nested: ['nested', text],
  }

/** Facts that may be said more than once; what they say is put together. */
const listed = new Set(['tag'])

function read(fact: RawFact, draft: Draft): void {
  const { column, at } = fact
  if (isCheckName(fact.name)) return readPromise(fact, draft)
  if (column !== undefined) {
    if (fact.name === 'type') return readType(fact, columnOf(draft, column, at))
    return unknown(fact, draft, ['type', ...checkNames()])
  }
  const known = Object.hasOwn(assetFacts, fact.name) ? assetFacts[fact.name] : undefined
  if (known === undefined) return unknown(fact, draft, [...Object.keys(assetFacts), ...checkNames()])
  const [option, valueOf] = known
  const before = draft.options[option]
  if (before !== undefined && !listed.has(fact.name))
    return complain(fact, draft, { words: 'it is said twice', near: [] })
  try {
    const value = valueOf(fact.words)
    const said = Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value
    readOptions({ [option]: said })
    draft.options[option] = said
    draft.spots[fact.name] = at
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    complain(fact, draft, { words: thrown.fix, near: [] })
  }
}

function readPromise(fact: RawFact, draft: Draft): void {
  const found = readCheck(fact.name, fact.words, fact.column)
  if (found.ok) draft.checks.push({ ...found.check, at: fact.at })
  else complain(fact, draft, found)
  if (fact.column !== undefined) draft.spots[fact.column] ??= fact.at
}

/** `@type DECIMAL(18,3) not null` */
function readType({ words }: RawFact, column: { type: string; nullable: boolean }): void {
  column.nullable = !/\snot\s+null$/i.test(words)
  column.type = words.replace(/\s+not\s+null$/i, '').trim()
}

function columnOf(draft: Draft, name: string, at: At): { -readonly [K in keyof Column]: Column[K] } {
  draft.spots[name] ??= at
  const column = draft.columns.get(name) ?? { name, type: '', nullable: true }
  draft.columns.set(name, column)
  return column
}

function unknown(fact: RawFact, draft: Draft, known: readonly string[]): void {
  const params = { fact: fact.name, column: fact.column, near: near(fact.name, known), known }
  draft.failures.push(failure('SLUICE_FACT_UNKNOWN', params, { at: fact.at }))
}

function complain(fact: RawFact, draft: Draft, said: { words: string; near: readonly string[] }): void {
  draft.failures.push(failure('SLUICE_FACT_WRONG', { fact: fact.name, ...said }, { at: fact.at }))
}

function checkNames(): readonly string[] {
  return Object.keys(vocabulary).filter(isCheckName)
}

function text(words: string): string {
  return words.trim()
}

/** `country, day` · `"order id" day` */
function names(words: string): readonly string[] {
  return Array.from(words.matchAll(/"((?:[^"]|"")+)"|[^\s,"]+/g), ([plain, quoted]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  )
}

function name(words: string): string {
  const [first = '', ...rest] = names(words)
  return rest.length === 0 ? first : words
}

/** `onNewColumn fail onNull quarantine` */
function pairs(words: string): { readonly [name: string]: string } {
  const parts = words.split(/[\s,]+/).filter(part => part !== '')
  const said: { [name: string]: string } = {}
  for (let i = 0; i < parts.length; i += 2) said[parts[i] ?? ''] = parts[i + 1] ?? ''
  return said
}

/** `5` · `5 wait 10 seconds longest 5 minutes factor 3` */
function retries(words: string): unknown {
  const [times, ...parts] = words.trim().split(/\b(wait|longest|factor)\b/)
  const said: { [name: string]: unknown } = { times: digits(times ?? '') }
  for (let i = 0; i < parts.length; i += 2) {
    const part = (parts[i + 1] ?? '').trim()
    said[parts[i] ?? ''] = parts[i] === 'factor' ? digits(part) : part
  }
  return said
}

function digits(words: string): number | string {
  return /^\d+(\.\d+)?$/.test(words.trim()) ? Number(words) : words
}

/** How strong a check in a file of its own is: `-- @severity warn`. */
export function severityOf(text: string, file: string): { severity: 'error' | 'warn'; failures: Failure[] } {
  const failures: Failure[] = []
  let severity: 'error' | 'warn' = 'error'
  for (const { name: fact, words, at, column } of readFacts(text, file).facts) {
    const known = ['severity']
    if (fact !== 'severity' || column !== undefined)
      failures.push(failure('SLUICE_FACT_UNKNOWN', { fact, column, near: near(fact, known), known }, { at }))
    else if (words === 'warn' || words === 'error') severity = words
    else {
      const said = { words: 'Give `severity` one of `error`, `warn`.', near: [] }
      failures.push(failure('SLUICE_FACT_WRONG', { fact, ...said }, { at }))
    }
  }
  return { severity, failures }
}
