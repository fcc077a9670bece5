import { type Failure, failure } from '../errors/index.ts'
import type { Check, Column } from '../model/index.ts'
import { quoteName, quoteText } from '../sql/index.ts'
import type { LoadedRows, Reconciled, ReconcileRequest } from './contract.ts'
import { promiseOf } from './promise.ts'
import { type RowRule, rowRule } from './rows.ts'
import { familyOf } from './types.ts'

/** Rows for which `when` is true are refused. The reason names columns and rules, never values. */
export type Rule = { readonly when: string; readonly reason: string; readonly rule: string }

/** A column of the accepted rows: its value, cast to what the contract says. */
export type Selected = { readonly column: Column; readonly sql: string }

type Sorting = Pick<Reconciled, 'acceptSql' | 'refuseSql' | 'countSql'> & {
  readonly failures: readonly Failure[]
}

/**
 * The two sides of a load. A row is refused once, for the first rule it breaks: first those of the
 * contract, over the rows as they came; then the checks of severity `quarantine`, over the values as the
 * contract types them.
 */
export function sortingOf(
  request: ReconcileRequest,
  rules: readonly Rule[],
  selected: readonly Selected[],
): Sorting {
  const { loaded } = request
  const { checked, failures } = checkRules(request, selected)
  const fits = rules.length === 0 ? 'true' : `not (${rules.map(isTrue).join(' or ')})`
  const items = selected.map(({ column, sql }) => `${sql} as ${quoteName(column.name)}`)
  const extra = loaded.extra ?? []
  const fitting = `select ${[...items, ...extra].join(', ')} from ${loaded.relation} where ${fits}`
  const acceptSql =
    checked.length === 0
      ? fitting
      : `select * from (${fitting}) as fitting where not (${checked.map(isTrue).join(' or ')})`
  const refused = refusedParts({
    loaded,
    rules,
    checked,
    fits,
    items,
    names: selected.map(s => s.column.name),
  })
  const refuseSql = refused.length === 0 ? nobody : refused.join('\nunion all\n')
  return {
    acceptSql,
    refuseSql,
    countSql: `select rule, count(*) as rows from (${refuseSql}) as refused group by rule order by rule`,
    failures,
  }
}

const refusedColumns = ['reason', 'rule', 'source', 'position', 'raw']
const nothing = refusedColumns.map(name => `cast(null as VARCHAR) as ${quoteName(name)}`)
const nobody = `select ${nothing.join(', ')} where false`

type Parts = {
  readonly loaded: LoadedRows
  readonly rules: readonly Rule[]
  readonly checked: readonly Rule[]
  readonly fits: string
  readonly items: readonly string[]
  readonly names: readonly string[]
}

function refusedParts({ loaded, rules, checked, fits, items, names }: Parts): readonly string[] {
  const place = loaded.place ?? { source: '_source', position: '_position' }
  const from = loaded.relation
  const here = {
    source: quoteName(place.source),
    position: quoteName(place.position),
    raw: loaded.raw ?? rawOf(loaded.columns),
  }
  const parts: string[] = []
  if (loaded.unreadable !== undefined) {
    const columns = refusedColumns.map(name => `cast(${quoteName(name)} as VARCHAR) as ${quoteName(name)}`)
    parts.push(`select ${columns.join(', ')} from ${loaded.unreadable}`)
  }
  if (rules.length > 0)
    parts.push(`select ${record(rules, here)} from ${from} where ${rules.map(isTrue).join(' or ')}`)
  if (checked.length > 0) {
    const own = {
      source: quoteName(freeName('source', names)),
      position: quoteName(freeName('position', names)),
      raw: quoteName(freeName('raw', names)),
    }
    const kept = [
      ...items,
      `${here.source} as ${own.source}`,
      `${here.position} as ${own.position}`,
      `${here.raw} as ${own.raw}`,
    ]
    const fitting = `(select ${kept.join(', ')} from ${from} where ${fits}) as fitting`
    parts.push(`select ${record(checked, own)} from ${fitting} where ${checked.map(isTrue).join(' or ')}`)
  }
  return parts
}

/** A name for a column beside others, told apart by underscores in front. */
function freeName(name: string, taken: readonly string[]): string {
  const used = new Set(taken.map(t => t.toLowerCase()))
  let free = name
  while (used.has(free)) free = `_${free}`
  return free
}

function record(rules: readonly Rule[], place: { source: string; position: string; raw: string }): string {
  const first = (what: (rule: Rule) => string): string =>
    `case ${rules.map(rule => `when ${isTrue(rule)} then ${quoteText(what(rule))}`).join(' ')} end`
  return [
    `${first(rule => rule.reason)} as "reason"`,
    `${first(rule => rule.rule)} as "rule"`,
    `cast(${place.source} as VARCHAR) as "source"`,
    `cast(${place.position} as VARCHAR) as "position"`,
    `cast(${place.raw} as VARCHAR) as "raw"`,
  ].join(', ')
}

/** NULL decides nothing: such a row is not refused by this rule. */
function isTrue({ when }: Rule): string {
  return `coalesce(${when}, false)`
}

/** The row as it came, as JSON. `nan` and `inf` are no JSON numbers, so they become text. */
function rawOf(columns: readonly Column[]): string {
  const fields = columns.map(({ name, type }) => {
    const value = quoteName(name)
    const float = familyOf(type).kind === 'float'
    const asText = `to_json(cast(${value} as VARCHAR))`
    const json = `case when isfinite(${value}) then to_json(${value}) else ${asText} end`
    return `${quoteText(name)}, ${float ? json : value}`
  })
  return `json_object(${fields.join(', ')})`
}

function checkRules(
  { asset, checks, loaded, nowMs }: ReconcileRequest,
  selected: readonly Selected[],
): { readonly checked: readonly Rule[]; readonly failures: readonly Failure[] } {
  const columns = selected.map(({ column }) => column)
  const subject = { relation: loaded.relation, asset, columns, nowMs, previousRows: undefined }
  const checked: Rule[] = []
  const failures: Failure[] = []
  for (const check of checks.filter(c => c.severity === 'quarantine')) {
    const rule = rowRule(check, { ...subject, dialect: 'duckdb' })
    if ('problem' in rule) failures.push(unfit(check, rule.problem, asset))
    else checked.push({ when: whenOf(rule), reason: `not: ${promiseOf(check)}`, rule: check.id })
  }
  return { checked, failures }
}

function whenOf({ bad, where }: RowRule): string {
  return where === undefined ? `(${bad})` : `(${where} and ${bad})`
}

function unfit(check: Check, problem: string, asset: string): Failure {
  const words = { check: check.id, asset, problem }
  return failure('SLUICE_CHECK_UNFIT', words, check.at === undefined ? {} : { at: check.at })
}
