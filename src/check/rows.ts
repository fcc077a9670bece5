import type { Check, CheckName, Column } from '../model/index.ts'
import { quoteName } from '../sql/index.ts'
import { spellingOf } from './dialect.ts'
import { memberLiteral, outside } from './literal.ts'
import { text, texts } from './promise.ts'
import type { Subject } from './subject.ts'
import { type Family, familyOf } from './types.ts'

/** What breaks a check of single rows, as SQL predicates. NULL counts as false in both. */
export type RowRule = {
  /** Rows that break the promise. NULLs keep every promise but `not_null`. */
  readonly bad: string
  /** Rows that are looked at; undefined: all. */
  readonly where: string | undefined
  /** The column whose NULLs are not looked at; undefined: none is left out. */
  readonly column: string | undefined
}

export type Problem = { readonly problem: string }

/** The column a check speaks of, as SQL. */
export type Named = { readonly sql: string; readonly type: string; readonly family: Family }

export function columnOf(name: string, columns: readonly Column[]): Named | Problem {
  const wanted = name.toLowerCase()
  const column = columns.find(c => c.name === name) ?? columns.find(c => c.name.toLowerCase() === wanted)
  if (column === undefined) return { problem: `there is no column \`${name}\`` }
  return { sql: quoteName(column.name), type: column.type, family: familyOf(column.type) }
}

/** SQL that a person wrote, fenced: a comment at its end ends with its line. */
export function fenced(predicate: string): string {
  return predicate.includes('--') ? `(${predicate}\n)` : `(${predicate})`
}

/** The rule of a check whose kind is `row`. */
export function rowRule(check: Check, subject: Subject): RowRule | Problem {
  const where = check.where === undefined ? undefined : fenced(check.where)
  if (check.check === 'expression') {
    return { bad: `not ${fenced(text(check.args, 'predicate'))}`, where, column: undefined }
  }
  const column = columnOf(check.columns[0] ?? '', subject.columns)
  if ('problem' in column) return column
  const bad = badOf[check.check]?.(check, column, subject)
  if (bad === undefined) return { problem: `\`${check.check}\` is not about single rows` }
  if (typeof bad !== 'string') return bad
  return { bad, where, column: check.check === 'not_null' ? undefined : column.sql }
}

type BadOf = (check: Check, column: Named, subject: Subject) => string | Problem

const badOf: { readonly [name in CheckName]?: BadOf } = {
  not_null: (_, column) => `${column.sql} is null`,
  in: (check, column) => notIn(check, column, true),
  not_in: (check, column) => notIn(check, column, false),
  between: (check, column, subject) => outsideOf(['min', 'max'], check, { column, subject }),
  min: (check, column, subject) => outsideOf(['min'], check, { column, subject }),
  max: (check, column, subject) => outsideOf(['max'], check, { column, subject }),
  length: lengthRule,
  matches: (check, column, subject) => {
    const value = textOf(column)
    if (typeof value !== 'string') return value
    return `not ${spellingOf(subject.dialect).matches(value, text(check.args, 'pattern'))}`
  },
}

/** Rows outside the list (`inside` is what is promised), or inside a list that is forbidden. */
function notIn(check: Check, column: Named, inside: boolean): string | Problem {
  const members: string[] = []
  for (const value of texts(check.args, 'values')) {
    const literal = memberLiteral(value, column.type, column.family)
    if ('problem' in literal) return literal
    if ('sql' in literal) members.push(literal.sql)
  }
  const asText = column.family.kind === 'enum' || column.family.kind === 'other'
  const value = asText ? `cast(${column.sql} as VARCHAR)` : column.sql
  if (members.length === 0) return inside ? `${column.sql} is not null` : 'false'
  return `${value} ${inside ? 'not in' : 'in'} (${members.join(', ')})`
}

function outsideOf(
  sides: readonly ('min' | 'max')[],
  check: Check,
  { column, subject }: { readonly column: Named; readonly subject: Subject },
): string | Problem {
  const rules: string[] = []
  for (const side of sides) {
    const rule = outside({ side, value: text(check.args, side) }, column, subject.nowMs)
    if ('problem' in rule) return rule
    rules.push(rule.sql)
  }
  return rules.length === 1 ? (rules[0] ?? '') : `(${rules.join(' or ')})`
}

function lengthRule(check: Check, column: Named): string | Problem {
  const value = textOf(column)
  if (typeof value !== 'string') return value
  const count = familyOf('BIGINT')
  const length = { sql: `length(${value})`, type: 'BIGINT', family: count }
  const min = text(check.args, 'min')
  const below = outside({ side: 'min', value: min }, length, 0)
  const above = outside({ side: 'max', value: text(check.args, 'max') || min }, length, 0)
  if ('problem' in below) return below
  return 'problem' in above ? above : `(${below.sql} or ${above.sql})`
}

function textOf(column: Named): string | Problem {
  if (column.family.kind === 'text') return column.sql
  if (column.family.kind === 'enum' || column.family.kind === 'uuid') return `cast(${column.sql} as VARCHAR)`
  return { problem: `the column is ${column.type}, not text` }
}
