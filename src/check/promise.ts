import type { Check, CheckName, Json } from '../model/index.ts'

/** What a check promises, in words that carry no row data: `country in DE FR IN`. */
export function promiseOf(check: Check): string {
  const mostly = check.mostly === 1 ? '' : `, for at least ${check.mostly} of the rows`
  const where = check.where === undefined ? '' : `, where ${oneLine(check.where)}`
  const [first = ''] = check.columns
  const name = check.columns.length === 1 ? first : `(${check.columns.join(', ')})`
  return `${says[check.check](name, check.args, check.id)}${where}${mostly}`
}

/** The same within an asset as long as the check speaks of the same thing: its history hangs on it. */
export function checkId(check: Omit<Check, 'id'>): string {
  const where = check.where === undefined ? '' : ` where ${oneLine(check.where)}`
  const columns = check.columns.join(', ')
  if (check.check === 'expression') return `expression(${oneLine(text(check.args, 'predicate'))})${where}`
  if (check.check === 'equal_to_other_table')
    return `equal_to_other_table(${text(check.args, 'asset')})${where}`
  if (check.columns.length === 0) return `${check.check}${where}`
  if (check.columns.length > 1) return `${check.check}(${columns})${where}`
  return `${columns} ${check.check}${where}`
}

/** Give checks that share an id a number each: `amount between`, `amount between 2`. */
export function distinctIds(checks: readonly Check[]): readonly Check[] {
  const seen = new Map<string, number>()
  return checks.map(check => {
    const times = (seen.get(check.id) ?? 0) + 1
    seen.set(check.id, times)
    return times === 1 ? check : { ...check, id: `${check.id} ${times}` }
  })
}

/** Per check: what it promises of `name`, its column or columns. */
const says: { readonly [name in CheckName]: (name: string, args: Check['args'], id: string) => string } = {
  not_null: name => `${name} not null`,
  unique: name => `${name} unique`,
  compound_unique: name => `${name} unique`,
  in: (name, args) => `${name} in ${few(args['values'])}`,
  not_in: (name, args) => `${name} not in ${few(args['values'])}`,
  between: (name, args) => `${name} between ${text(args, 'min')} and ${text(args, 'max')}`,
  min: (name, args) => `${name} at least ${text(args, 'min')}`,
  max: (name, args) => `${name} at most ${text(args, 'max')}`,
  length: (name, args) => `${name} ${extent(args, true)} characters long`,
  matches: (name, args) => `${name} matches ${text(args, 'pattern')}`,
  is_type: (name, args) => `${name} of type ${text(args, 'type')}`,
  relationships: (name, args) => `${name} in ${text(args, 'asset')}.${text(args, 'column')}`,
  row_count: (_, args) => agreeing(extent(args), 'row'),
  column_count: (_, args) => agreeing(extent(args), 'column'),
  columns_present: (_, args) => `columns ${few(args['names'])}`,
  freshness: (name, args) => `${name} at most ${text(args, 'age')} old`,
  mean_between: (name, args) => `mean of ${name} ${extent(args)}`,
  sum_between: (name, args) => `sum of ${name} ${extent(args)}`,
  median_between: (name, args) => `median of ${name} ${extent(args)}`,
  stddev_between: (name, args) => `standard deviation of ${name} ${extent(args)}`,
  quantile_between: (name, args) => `quantile ${text(args, 'quantile')} of ${name} ${extent(args)}`,
  distinct_count: (name, args) => `${extent(args)} different values of ${name}`,
  null_share: (name, args) => `at most ${text(args, 'max')} of ${name} NULL`,
  increasing: (name, args) =>
    `${name} ${args['strictly'] === true ? 'strictly ' : ''}increasing by ${text(args, 'by')}`,
  expression: (_, args) => oneLine(text(args, 'predicate')),
  equal_to_other_table: (_, args) => `the same rows as ${text(args, 'asset')}`,
  changed_by_at_most: (_, args) => `rows changed by at most ${text(args, 'share')}`,
  query: (_, __, id) => id,
}

function extent(args: Check['args'], exact = false): string {
  const min = text(args, 'min')
  const max = text(args, 'max') || (exact ? min : '')
  if (max === '') return `at least ${min}`
  if (min === '') return `at most ${max}`
  return min === max ? min : `${min} to ${max}`
}

/** An argument as text; '' where there is none. */
export function text(args: Check['args'], name: string): string {
  const value = args[name]
  return value === undefined || value === null ? '' : String(value)
}

/** An argument that is a list of texts. */
export function texts(args: Check['args'], name: string): readonly string[] {
  const value = args[name]
  return Array.isArray(value) ? value.map(String) : []
}

const fewMax = 8

function few(values: Json | undefined): string {
  const all = Array.isArray(values) ? values.map(String) : []
  const rest = all.length - fewMax
  return rest > 0 ? `${all.slice(0, fewMax).join(' ')} and ${rest} more` : all.join(' ')
}

/** `at least 1 row`, `3 to 5 rows`. */
function agreeing(extent: string, noun: string): string {
  return `${extent} ${noun}${/(^|\s)1$/.test(extent) ? '' : 's'}`
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim()
}

/** `1 row`, `1,234,567 rows`. */
export function plural(count: number | string, noun: string): string {
  return `${thousands(count)} ${noun}${String(count) === '1' ? '' : 's'}`
}

/** `1234567` → `1,234,567`. */
export function thousands(count: number | bigint | string): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
