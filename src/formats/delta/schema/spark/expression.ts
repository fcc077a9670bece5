import { nameOf, quoteName, tokenize } from '../../../../sql/index.ts'
import type { TableField } from '../../../../tables/index.ts'
import { functions } from './functions.ts'
import { castTo, kinds } from './kinds.ts'
import { integer, number, quoted, text } from './literals.ts'
import { infixes, powers } from './operators.ts'
import {
  alike,
  demand,
  demanded,
  expect,
  here,
  operatorAt,
  partFrom,
  type Reading,
  refused,
  takes,
  type Term,
  type Translated,
} from './reading.ts'

/** What a Spark expression says, in DuckDB's words over the columns of `fields`. */
export function translate(expression: string, fields: readonly TableField[]): Translated {
  const reading: Reading = {
    expression,
    tokens: tokenize(expression),
    fields,
    columns: [],
    demands: [],
    at: 0,
  }
  const { sql } = term(reading, powers.lowest)
  if (reading.at < reading.tokens.length) throw refused(reading, here(reading)?.text ?? '')
  return { sql, columns: reading.columns, demands: reading.demands }
}

/** An expression whose operators bind at least as strongly as `power`. */
function term(reading: Reading, power: number): Term {
  const from = reading.at
  let left = prefix(reading)
  for (;;) {
    const operator = operatorAt(reading)
    const infix = infixes[operator]
    if (infix !== undefined && infix.power >= power) {
      reading.at += operator === '<=>' ? 2 : 1
      const right = term(reading, infix.power + 1)
      demand(reading, infix.takes, left, right)
      if (infix.compares) alike(reading, [left, right])
      left = { sql: infix.sql(left.sql, right.sql), part: partFrom(reading, from) }
    } else {
      const tested = power <= powers.predicate ? predicate(reading, left) : undefined
      if (tested === undefined) return left
      left = { sql: tested, part: partFrom(reading, from) }
    }
  }
}

function prefix(reading: Reading): Term {
  const from = reading.at
  const sign = (sql: string, of: Term): Term => ({ sql: `(${sql}${of.sql})`, part: partFrom(reading, from) })
  if (takes(reading, 'NOT') || takes(reading, '!')) return sign('NOT ', term(reading, powers.not))
  if (takes(reading, '-')) return negative(reading, from)
  if (takes(reading, '+')) return demanded(reading, kinds.number, term(reading, powers.sign))
  if (takes(reading, '~')) return sign('~', demanded(reading, kinds.integer, term(reading, powers.sign)))
  let inner = primary(reading)
  while (takes(reading, '::')) inner = cast(reading, inner, from)
  return inner
}

function negative(reading: Reading, from: number): Term {
  const of = demanded(reading, kinds.number, term(reading, powers.sign))
  const part = partFrom(reading, from)
  // -2147483648 is an int though 2147483648 is none.
  if (typeof of.literal === 'bigint') return { ...integer(-of.literal), part }
  return { sql: `(-${of.sql})`, part }
}

/** What stands behind a value and makes a truth of it; undefined: nothing does. */
function predicate(reading: Reading, of: Term): string | undefined {
  const start = reading.at
  if (takes(reading, 'IS')) return isPredicate(reading, of)
  const not = takes(reading, 'NOT') ? 'NOT ' : ''
  if (takes(reading, 'BETWEEN')) {
    const low = term(reading, powers.bitOr)
    expect(reading, 'AND')
    const high = term(reading, powers.bitOr)
    alike(reading, [of, low, high])
    return `(${of.sql} ${not}BETWEEN ${low.sql} AND ${high.sql})`
  }
  if (takes(reading, 'IN')) {
    expect(reading, '(')
    const list = listUntilClosed(reading)
    if (list.length === 0) throw refused(reading, 'IN ()')
    alike(reading, [of, ...list])
    return `(${of.sql} ${not}IN (${list.map(item => item.sql).join(', ')}))`
  }
  for (const like of ['LIKE', 'ILIKE'])
    if (takes(reading, like)) {
      const pattern = term(reading, powers.bitOr)
      demand(reading, kinds.string, of, pattern)
      // Spark's patterns have an escape character unless told otherwise.
      return `(${of.sql} ${not}${like} ${pattern.sql} ESCAPE '\\')`
    }
  reading.at = start
  return undefined
}

function isPredicate(reading: Reading, of: Term): string {
  const not = takes(reading, 'NOT') ? 'NOT ' : ''
  for (const truth of ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'])
    if (takes(reading, truth)) return `(${of.sql} IS ${not}${truth === 'UNKNOWN' ? 'NULL' : truth})`
  expect(reading, 'DISTINCT')
  expect(reading, 'FROM')
  const other = term(reading, powers.bitOr)
  alike(reading, [of, other])
  return `(${of.sql} IS ${not}DISTINCT FROM ${other.sql})`
}

function primary(reading: Reading): Term {
  const from = reading.at
  const token = here(reading)
  if (token === undefined) throw refused(reading, 'its end')
  reading.at++
  if (token.kind === 'number') return number(reading, token)
  if (token.kind === 'string') return text(reading, token.text.slice(1, -1).replaceAll("''", "'"), token)
  if (token.text === '(') {
    const inner = term(reading, powers.lowest)
    expect(reading, ')')
    return { ...inner, sql: `(${inner.sql})` }
  }
  if (token.kind === 'quoted' && token.text.startsWith('"')) return quoted(reading, token)
  const word = token.kind === 'word' ? token.text.toUpperCase() : ''
  if (here(reading)?.text === '(' && token.kind === 'word') return call(reading, word, from)
  const special = typedLiteral(reading, word, from) ?? constant(reading, word, from)
  return special ?? column(reading, from)
}

/** `CASE`, and words that are a value by themselves. */
function constant(reading: Reading, word: string, from: number): Term | undefined {
  if (word === 'CASE') return caseTerm(reading, from)
  if (['TRUE', 'FALSE', 'NULL'].includes(word)) return { sql: word, part: word }
  const known = reading.fields.some(field => field.name.toUpperCase() === word)
  return !known && functions[word]?.bare === true ? called(reading, word, { args: [], from }) : undefined
}

function caseTerm(reading: Reading, from: number): Term {
  const subject = operatorAt(reading) === 'WHEN' ? [] : [term(reading, powers.lowest)]
  const whens: Term[] = []
  const values: Term[] = []
  while (takes(reading, 'WHEN')) {
    whens.push(term(reading, powers.lowest))
    expect(reading, 'THEN')
    values.push(term(reading, powers.lowest))
  }
  const branches = whens.map((when, at) => ` WHEN ${when.sql} THEN ${values[at]?.sql}`).join('')
  if (takes(reading, 'ELSE')) values.push(term(reading, powers.lowest))
  expect(reading, 'END')
  const otherwise = values.length > whens.length ? ` ELSE ${values.at(-1)?.sql}` : ''
  if (subject.length > 0) alike(reading, [...subject, ...whens])
  alike(reading, values)
  const head = subject.map(({ sql }) => ` ${sql}`).join('')
  return { sql: `(CASE${head}${branches}${otherwise} END)`, part: partFrom(reading, from) }
}

const literalTypes: { readonly [word: string]: string } = {
  DATE: 'DATE',
  // Spark's TIMESTAMP is a point in time; one without a zone is read in the session's, which is UTC.
  TIMESTAMP: 'TIMESTAMP WITH TIME ZONE',
  TIMESTAMP_LTZ: 'TIMESTAMP WITH TIME ZONE',
  TIMESTAMP_NTZ: 'TIMESTAMP',
}

function typedLiteral(reading: Reading, word: string, from: number): Term | undefined {
  const type = literalTypes[word]
  const value = here(reading)
  if (type === undefined || value?.kind !== 'string') return undefined
  const { sql } = primary(reading)
  return { sql: `CAST(${sql} AS ${type})`, part: partFrom(reading, from) }
}

function call(reading: Reading, word: string, from: number): Term {
  reading.at++
  if (word === 'CAST') {
    const of = term(reading, powers.lowest)
    expect(reading, 'AS')
    const made = cast(reading, of, from)
    expect(reading, ')')
    return made
  }
  if (word === 'EXTRACT') {
    const field = here(reading)?.text.toUpperCase() ?? ''
    reading.at++
    expect(reading, 'FROM')
    const of = term(reading, powers.lowest)
    expect(reading, ')')
    return called(reading, field, { args: [of], from })
  }
  const args = listUntilClosed(reading)
  const only = args[0]
  // `date(x)` and its like are casts.
  if (args.length === 1 && only && castTo(word) !== undefined) return castOf(reading, only, { word, from })
  return called(reading, word, { args, from })
}

type Called = { readonly args: readonly Term[]; readonly from: number }

function called(reading: Reading, word: string, { args, from }: Called): Term {
  const part = partFrom(reading, from)
  const known = functions[word]
  if (known === undefined || args.length < known.least || args.length > known.most)
    throw refused(reading, part)
  args.forEach((arg, at) => demand(reading, known.takes[at] ?? known.takes.at(-1) ?? kinds.any, arg))
  if (known.unites !== undefined) alike(reading, args.slice(known.unites))
  const sql = known.sql(args)
  if (sql === undefined) throw refused(reading, part)
  return { sql, part }
}

/** The type behind `AS` or `::`. */
function cast(reading: Reading, of: Term, from: number): Term {
  const name = here(reading)?.text ?? ''
  reading.at++
  if (!takes(reading, '(')) return castOf(reading, of, { word: name, from })
  const digits = listUntilClosed(reading).map(({ literal }) => String(literal))
  return castOf(reading, of, { word: `${name}(${digits.join(',')})`, from })
}

function castOf(reading: Reading, of: Term, { word, from }: { word: string; from: number }): Term {
  const part = partFrom(reading, from)
  const to = castTo(word)
  if (to === undefined) throw refused(reading, part)
  demand(reading, to.from, of)
  return { sql: `CAST(${of.sql} AS ${to.type})`, part }
}

function listUntilClosed(reading: Reading): readonly Term[] {
  const list: Term[] = []
  if (takes(reading, ')')) return list
  do list.push(term(reading, powers.lowest))
  while (takes(reading, ','))
  expect(reading, ')')
  return list
}

/** `a`, `a.b`: columns and fields of structs, whatever their capitals; only the table's own names go on. */
function column(reading: Reading, from: number): Term {
  const path: string[] = []
  let fields: readonly TableField[] = reading.fields
  reading.at = from
  do {
    const token = here(reading)
    const name = token && nameOf(token)
    const field = fields.find(one => one.name.toLowerCase() === name?.toLowerCase())
    if (field === undefined) throw refused(reading, token?.text ?? 'its end')
    path.push(field.name)
    fields = field.type.kind === 'struct' ? field.type.fields : []
    reading.at++
  } while (takes(reading, '.'))
  reading.columns.push(path)
  return { sql: path.map(quoteName).join('.'), part: partFrom(reading, from) }
}
