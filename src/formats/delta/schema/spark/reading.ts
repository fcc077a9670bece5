import { failure } from '../../../../errors/index.ts'
import type { Token } from '../../../../sql/index.ts'
import type { TableField } from '../../../../tables/index.ts'
import { type Kind, kinds } from './kinds.ts'

/**
 * A Spark SQL expression of a table's metadata, as DuckDB computes the same. Checks, generated columns and
 * defaults are written in Spark's dialect by whoever made the table; what could mean something else here is
 * refused by its words: a row is never held against a rule that was only nearly understood.
 */
export type Translated = {
  readonly sql: string
  /** Paths of the columns that it reads, as the table spells them. */
  readonly columns: readonly (readonly string[])[]
  /** What must be true of the types of its parts; only a binder knows them. */
  readonly demands: readonly Demand[]
}

export type Demand = { readonly sql: string; readonly kinds: readonly Kind[]; readonly part: string }

/** One part of an expression, translated. */
export type Term = {
  readonly sql: string
  /** As it was written, for words about it. */
  readonly part: string
  /** The value, where it is a literal. */
  readonly literal?: string | bigint
}

/** An expression while it is read, token by token. */
export type Reading = {
  readonly expression: string
  readonly tokens: readonly Token[]
  readonly fields: readonly TableField[]
  readonly columns: (readonly string[])[]
  readonly demands: Demand[]
  at: number
}

export function operatorAt(reading: Reading): string {
  const token = here(reading)
  if (token === undefined || token.kind === 'string' || token.kind === 'quoted') return ''
  const next = reading.tokens[reading.at + 1]
  // The tokens of other dialects know no `<=>`.
  if (token.text === '<=' && next?.text === '>' && next.offset === token.offset + 2) return '<=>'
  return token.text.toUpperCase()
}

export function demand(reading: Reading, allowed: readonly Kind[], ...terms: readonly Term[]): void {
  if (allowed.length === 0) return
  for (const { sql, part } of terms) reading.demands.push({ sql, kinds: allowed, part })
}

/**
 * Values that are brought to one type: a text beside a number is read as a number by both dialects, and not
 * always as the same one (`'1.5'` beside an int).
 */
export function alike(reading: Reading, terms: readonly Term[]): void {
  if (terms.every(({ literal }) => typeof literal !== 'string')) return
  demand(reading, kinds.textual, ...terms.filter(({ sql }) => sql !== 'NULL'))
}

export function demanded(reading: Reading, allowed: readonly Kind[], of: Term): Term {
  demand(reading, allowed, of)
  return of
}

export function here(reading: Reading): Token | undefined {
  return reading.tokens[reading.at]
}

export function takes(reading: Reading, text: string): boolean {
  if (operatorAt(reading) !== text) return false
  reading.at++
  return true
}

export function expect(reading: Reading, text: string): void {
  if (!takes(reading, text)) throw refused(reading, here(reading)?.text ?? 'its end')
}

export function partFrom({ expression, tokens, at }: Reading, from: number): string {
  const last = tokens[at - 1]
  return expression.slice(tokens[from]?.offset ?? 0, last ? last.offset + last.text.length : undefined)
}

export function refused({ expression }: Reading, part: string): Error {
  return failure('SLUICE_DELTA_EXPRESSION_UNSUPPORTED', { expression, part })
}
