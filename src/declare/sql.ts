import { failure } from '../errors/index.ts'
import { quoteAsset, quoteName, quoteNumber, quoteText } from '../sql/index.ts'
import { type Readable, isAuthored } from './authored.ts'
import { isMarked, sqlMark } from './brand.ts'
import { isRef } from './ref.ts'

/**
 * SQL with holes for assets, whose names are known only once the whole project is read. `Row` is for the
 * compiler only.
 */
export type Sql<Row = unknown> = {
  readonly [sqlMark]: true
  readonly kind: 'sql text'
  readonly parts: readonly (string | Readable)[]
  readonly row?: Row
}

/** What may stand in a hole of a `sql` template. Never a bare string: say `sql.text` or `sql.name`. */
export type SqlValue = Readable | Sql | SqlScalar | readonly SqlScalar[]
type SqlScalar = number | bigint | boolean | null | Sql

/**
 * SQL from TypeScript. An asset in a hole is a dependency; numbers, booleans, null and lists become
 * literals; another `sql` is put in as it is. The text is taken raw, so that `'\d+'` needs no second
 * backslash.
 * @example sql<{ country: string; n: bigint }>`select country, count(*) as n from ${orders} group by 1`
 */
function template<Row = unknown>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql<Row> {
  const parts: (string | Readable)[] = []
  strings.raw.forEach((text, i) => {
    parts.push(text.replaceAll('\\`', '`').replaceAll('\\${', '${'))
    if (i < values.length) parts.push(...partsOf(values[i], i + 1))
  })
  return fragment(joined(parts))
}

/** A text, or a list of texts, as SQL literals. */
function text(value: string | readonly string[]): Sql {
  if (typeof value === 'string') return fragment([quoteText(value)])
  if (value.length === 0) throw failure('SLUICE_SQL_VALUE', { place: 1, what: 'an empty list' })
  return fragment([`(${value.map(quoteText).join(', ')})`])
}

/** A name of a column or table, quoted. */
function name(value: string): Sql {
  return fragment([quoteName(value)])
}

type Named = { readonly text: typeof text; readonly name: typeof name }

// Defined, not assigned: a function's own `name` is read-only.
export const sql: typeof template & Named = Object.freeze(
  Object.defineProperties(template as typeof template & Named, {
    text: { value: text },
    name: { value: name },
  }),
)

/** Was this made by `sql`? */
export function isSql(value: unknown): value is Sql {
  return isMarked(value, sqlMark)
}

/** The text, once every asset has a name. */
export function renderSql(query: Sql, nameOf: (asset: Readable) => string): string {
  return query.parts
    .map(part => (typeof part === 'string' ? part : quoteAsset(isRef(part) ? part.name : nameOf(part))))
    .join('')
}

/** The assets in its holes, each once, in order of appearance. */
export function readsOf(query: Sql): readonly Readable[] {
  return [...new Set(query.parts.filter(part => typeof part !== 'string'))]
}

/** SQL of known parts; within this room only. */
export function fragment<Row>(parts: readonly (string | Readable)[]): Sql<Row> {
  return Object.freeze({ [sqlMark]: true as const, kind: 'sql text' as const, parts: Object.freeze(parts) })
}

function partsOf(value: unknown, place: number): readonly (string | Readable)[] {
  if (isSql(value)) return value.parts
  if (isRef(value)) return [value]
  if (isAuthored(value)) {
    if (value.kind === 'export') throw failure('SLUICE_SQL_VALUE', { place, what: 'an export' })
    return [value]
  }
  if (Array.isArray(value)) return listOf(value, place)
  return [literal(value, place)]
}

function listOf(values: readonly unknown[], place: number): readonly (string | Readable)[] {
  if (values.length === 0) throw failure('SLUICE_SQL_VALUE', { place, what: 'an empty list' })
  const items = values.flatMap((value, i) => {
    const parts = isSql(value) ? value.parts : [literal(value, place)]
    return i === 0 ? parts : [', ', ...parts]
  })
  return ['(', ...items, ')']
}

function literal(value: unknown, place: number): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') throw failure('SLUICE_SQL_BARE_TEXT', { place })
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) {
    // In parentheses: `a -${-1}` would else begin a comment.
    return value < 0 ? `(${quoteNumber(value)})` : quoteNumber(value)
  }
  throw failure('SLUICE_SQL_VALUE', { place, what: wordsFor(value) })
}

function wordsFor(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (value === undefined) return 'undefined (an import that goes in a circle, or a missing export?)'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Neighbouring texts as one. */
function joined(parts: readonly (string | Readable)[]): readonly (string | Readable)[] {
  const whole: (string | Readable)[] = []
  for (const part of parts) {
    const last = whole.at(-1)
    if (typeof part === 'string' && typeof last === 'string') whole[whole.length - 1] = last + part
    else whole.push(part)
  }
  return whole
}
