import { findReferences } from './find.ts'
import { isWord } from './items.ts'
import { quoteName } from './quote.ts'
import type { Reference } from './references.ts'
import { nameOf, type Token, tokenize } from './tokens.ts'

/** Which state of a table is meant. */
export type AsOf =
  | { readonly kind: 'version'; readonly version: number }
  /** Text of an instant, as it was written. */
  | { readonly kind: 'timestamp'; readonly timestamp: string }
  | { readonly kind: 'run'; readonly run: string }

/** A table of a query, as it was. */
export type PastReference = { readonly reference: Reference; readonly asOf: AsOf }

/**
 * Write a query's tables that are asked for as they were in another way: the table and its clause are
 * replaced by
 * what `place` says, and the table keeps the name by which its columns are called. The clause stands behind
 * the
 * table, in any of the field's spellings: `as of version 3`, `version as of 3`, `for version as of 3`,
 * `for system_time as of '…'`, `at (timestamp => '…')`, `as of run '…'`. A query without such clauses comes
 * back
 * as it is.
 * @example replacePast("from raw.orders as of version 3", () => 'raw."orders@3"') // from raw."orders@3" as
 * orders
 */
export function replacePast(sql: string, place: (past: PastReference) => string): string {
  // Most queries ask for today, and tokens cost.
  if (!/\b(of|at)\b/i.test(sql)) return sql
  const tokens = tokenize(sql).filter(token => token.kind !== 'comment')
  let done = 0
  let text = ''
  for (const reference of findReferences(sql)) {
    const start = reference.offset + reference.length
    const at = tokens.findIndex(token => token.offset >= start)
    const clause = at < 0 ? undefined : clauseAt(tokens, at)
    if (clause === undefined) continue
    const before = tokens.findLast(({ offset }) => offset < reference.offset)
    const isNamed = aliased(tokens[clause.next]) || nameless.some(word => isWord(before, word))
    const alias = isNamed ? '' : ` as ${quoteName(reference.table)}`
    text += sql.slice(done, reference.offset) + place({ reference, asOf: clause.asOf }) + alias
    const last = tokens[clause.next - 1] as Token
    done = last.offset + last.text.length
  }
  return text + sql.slice(done)
}

type Clause = { readonly asOf: AsOf; readonly next: number }

function clauseAt(tokens: readonly Token[], start: number): Clause | undefined {
  if (isWord(tokens[start], 'at') && tokens[start + 1]?.text === '(') return inCall(tokens, start + 2)
  const at = isWord(tokens[start], 'for') ? start + 1 : start
  if (isWord(tokens[at], 'as') && isWord(tokens[at + 1], 'of')) {
    const kind = kindOf(tokens[at + 2])
    return kind && valued(kind, tokens, at + 3)
  }
  const kind = kindOf(tokens[at])
  const of = isWord(tokens[at + 1], 'as') && isWord(tokens[at + 2], 'of')
  return kind && of ? valued(kind, tokens, at + 3) : undefined
}

/** DuckDB's own: `at (version => 3)`. */
function inCall(tokens: readonly Token[], at: number): Clause | undefined {
  const kind = kindOf(tokens[at])
  if (kind === undefined || tokens[at + 1]?.text !== '=>') return undefined
  const clause = valued(kind, tokens, at + 2)
  return clause && tokens[clause.next]?.text === ')' ? { ...clause, next: clause.next + 1 } : undefined
}

function kindOf(token: Token | undefined): AsOf['kind'] | undefined {
  if (isWord(token, 'version') || isWord(token, 'system_version')) return 'version'
  if (isWord(token, 'timestamp') || isWord(token, 'system_time')) return 'timestamp'
  return isWord(token, 'run') ? 'run' : undefined
}

function valued(kind: AsOf['kind'], tokens: readonly Token[], start: number): Clause | undefined {
  // `timestamp as of timestamp '2026-01-01'` is a typed literal.
  const typed =
    kind === 'timestamp' && (isWord(tokens[start], 'timestamp') || isWord(tokens[start], 'timestamptz'))
  const at = typed ? start + 1 : start
  const token = tokens[at]
  if (token === undefined) return undefined
  const text = token.kind === 'string' ? token.text.slice(1, -1).replaceAll("''", "'") : undefined
  const next = at + 1
  if (kind === 'version') {
    const digits = text ?? (token.kind === 'number' ? token.text : '')
    return /^\d{1,15}$/.test(digits) ? { asOf: { kind, version: Number(digits) }, next } : undefined
  }
  if (kind === 'timestamp') return text === undefined ? undefined : { asOf: { kind, timestamp: text }, next }
  const run = text ?? nameOf(token)
  return run === undefined ? undefined : { asOf: { kind, run }, next }
}

/** Words that may follow a table and are no name for it. */
const follows = new Set(
  (
    'where group having window qualify order limit offset fetch union intersect except join inner left ' +
    'right full cross natural positional asof anti semi on using tablesample pivot unpivot sample when ' +
    'set returning'
  ).split(' '),
)

/** Words in front of a table that gets no other name. */
const nameless = ['describe', 'desc', 'show', 'summarize', 'table', 'copy']

function aliased(token: Token | undefined): boolean {
  if (token === undefined) return false
  return token.kind === 'quoted' || (token.kind === 'word' && !follows.has(token.text.toLowerCase()))
}
