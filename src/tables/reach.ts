import type { Session } from '../engine/index.ts'
import { nameOf, quoteName, quoteText, type Token, tokenize } from '../sql/index.ts'
import type { Assignments, Merge } from './changes.ts'

// Which part of the target a MERGE can reach at all: files outside are not opened.

/** Columns that a condition holds equal. */
export type Equality = { readonly target: string; readonly source: string }

/**
 * Equalities that hold whenever the condition does: `t.a = s.b`, in any order, joined by AND. Others are not
 * looked for; a word that binds otherwise than AND does (or has an AND of its own) ends the search.
 */
export function equalities(on: string, as: Merge['as']): readonly Equality[] {
  const code = tokenize(on).filter(token => token.kind !== 'comment')
  if (code.some(token => /^(or|between|case)$/i.test(token.text))) return []
  return conjuncts(code).flatMap(tokens => equality(tokens, as) ?? [])
}

function conjuncts(code: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of code) {
    if ('([{'.includes(token.text)) depth++
    if (')]}'.includes(token.text)) depth--
    if (depth === 0 && token.kind === 'word' && /^and$/i.test(token.text)) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

function equality(tokens: readonly Token[], as: Merge['as']): Equality | undefined {
  const [left, dot, a, equal, right, otherDot, b] = tokens
  if (tokens.length !== 7 || dot?.text !== '.' || otherDot?.text !== '.') return undefined
  if (equal?.text !== '=' && equal?.text !== '==') return undefined
  const one = { relation: same(left), column: a && nameOf(a) }
  const two = { relation: same(right), column: b && nameOf(b) }
  if (one.column === undefined || two.column === undefined) return undefined
  const [target, source] = [as.target.toLowerCase(), as.source.toLowerCase()]
  if (one.relation === target && two.relation === source) return { target: one.column, source: two.column }
  if (one.relation === source && two.relation === target) return { target: two.column, source: one.column }
  return undefined
}

function same(token: Token | undefined): string | undefined {
  return token && nameOf(token)?.toLowerCase()
}

export type Matched = {
  readonly equalities: readonly Equality[]
  /** Types as the engine spells them, by name in lower case. */
  readonly targetTypes: ReadonlyMap<string, string>
  readonly sourceTypes: ReadonlyMap<string, string>
}

export type Reach = Matched & {
  /** Relation of the source's rows. */
  readonly source: string
  /** Columns of the target, in lower case, of which few values lie in each file: asked for one by one. */
  readonly partitionColumns: readonly string[]
}

/** Types of which equal values are one value: `-0.0` and `0.0` are equal, too, and two. */
const exactTypes = /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|DECIMAL\(.*\)|VARCHAR|DATE|TIMESTAMP.*)$/

/**
 * SQL over the source, by columns of the target that are the same in both rows of a match: values of one
 * type,
 * so that none is only equal (`'01'` and `1`).
 */
export function alikeIn(
  { equalities: pairs, targetTypes, sourceTypes }: Matched,
  source: string,
): Assignments {
  const alike = pairs.filter(pair => {
    const type = targetTypes.get(pair.target.toLowerCase()) ?? ''
    return exactTypes.test(type) && type === sourceTypes.get(pair.source.toLowerCase())
  })
  return Object.fromEntries(
    alike.map(pair => [pair.target, `${quoteName(source)}.${quoteName(pair.source)}`]),
  )
}

/** Up to so many values of a partition column are named; beyond, only the range they lie in. */
const valuesMax = 1000

/**
 * SQL over the target's columns that holds for every row that can match some row of the source; undefined:
 * nothing is known.
 */
export async function reachOf(session: Session, reach: Reach): Promise<string | undefined> {
  const pairs = reach.equalities.flatMap(({ target, source }) => {
    const type = comparedAs(
      reach.targetTypes.get(target.toLowerCase()),
      reach.sourceTypes.get(source.toLowerCase()),
    )
    return type === undefined ? [] : [{ target, source, type }]
  })
  if (pairs.length === 0) return undefined
  const asked = pairs.flatMap(({ source }) => [`min(${quoteName(source)})`, `max(${quoteName(source)})`])
  const bounds = await session.row(`select ${asked.join(', ')} from ${reach.source}`)
  const parts: string[] = []
  for (const [at, { target, source, type }] of pairs.entries()) {
    const [low, high] = [bounds[2 * at] ?? null, bounds[2 * at + 1] ?? null]
    // `=` holds for no NULL: without a value there is no match.
    if (low === null || high === null) return 'false'
    const column = quoteName(target)
    const few = reach.partitionColumns.includes(target.toLowerCase())
      ? await valuesOf(session, source, reach.source)
      : undefined
    parts.push(
      few === undefined
        ? `${column} between ${literal(low, type)} and ${literal(high, type)}`
        : `${column} in (${few.map(value => literal(value, type)).join(', ')})`,
    )
  }
  return parts.join(' and ')
}

async function valuesOf(
  session: Session,
  column: string,
  source: string,
): Promise<readonly string[] | undefined> {
  const name = quoteName(column)
  const rows = await session.rows(
    `select distinct ${name} from ${source} where ${name} is not null limit ${valuesMax + 1}`,
  )
  return rows.length > valuesMax ? undefined : rows.map(([value]) => value ?? '')
}

type Compared = 'number' | 'VARCHAR' | 'DATE' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE'

const numbers = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|DECIMAL\(.*\))$/
const texts = /^(VARCHAR|DATE|TIMESTAMP|TIMESTAMP WITH TIME ZONE)$/

/**
 * As what values of both sides are compared, where the order of each side is that of the comparison: text
 * against a number is compared as a number but ordered as text, and floating point knows NaN.
 */
function comparedAs(target = '', source = ''): Compared | undefined {
  if (numbers.test(target) && numbers.test(source)) return 'number'
  return target === source && texts.test(target) ? (target as Compared) : undefined
}

function literal(value: string, type: Compared): string {
  if (type === 'number') return value
  return type === 'VARCHAR' ? quoteText(value) : `${type} ${quoteText(value)}`
}
