import type { ColumnStatistics, TableField, WrittenFile } from '../../../tables/index.ts'

// "Per-file Statistics": what a reader needs to leave a file out. A bound that cannot be said exactly, or as
// a valid wider one, is left away.

/** Which columns get statistics: the first so many leaves, or those that are named. */
export type StatsColumns = { readonly leavesMax: number } | { readonly named: readonly string[] }

/** Delta's default of `delta.dataSkippingNumIndexedCols`. */
const leavesMaxDefault = 32

/** `property` looks up a table property. */
export function statsColumns(property: (name: string) => string | undefined): StatsColumns {
  const named = property('delta.dataSkippingStatsColumns')
  if (named !== undefined) return { named: splitNames(named) }
  const given = Number(property('delta.dataSkippingNumIndexedCols') ?? leavesMaxDefault)
  if (!Number.isInteger(given)) return { leavesMax: leavesMaxDefault }
  return { leavesMax: given < 0 ? Number.POSITIVE_INFINITY : given }
}

/** The statistics of a file as JSON text. Numbers stay the texts that the engine printed, digit by digit. */
export function statsJson(
  { rows, columns }: Pick<WrittenFile, 'rows' | 'columns'>,
  fields: readonly TableField[],
  wanted: StatsColumns,
): string {
  const byPath = new Map(columns.map(column => [pathKey(column.path), column]))
  const known = leavesOf(fields, wanted).flatMap(leaf => {
    const statistics = byPath.get(pathKey(leaf.stored))
    return statistics ? [{ leaf, statistics, rows }] : []
  })
  const members = [
    `"numRecords":${rows}`,
    member('minValues', known, ({ leaf, statistics }) => lower(leaf.sql, statistics)),
    member('maxValues', known, ({ leaf, statistics }) => upper(leaf.sql, statistics)),
    member('nullCount', known, ({ statistics: { nulls } }) => (nulls === undefined ? undefined : `${nulls}`)),
    '"tightBounds":true',
  ]
  return `{${members.join(',')}}`
}

type Leaf = { readonly stored: readonly string[]; readonly sql: string }
type Known = { readonly leaf: Leaf; readonly statistics: ColumnStatistics; readonly rows: number }

function pathKey(path: readonly string[]): string {
  return JSON.stringify(path)
}

/** Scalars, those in structs too, in the order of the schema. Elements of lists and maps have none. */
function leavesOf(fields: readonly TableField[], wanted: StatsColumns): readonly Leaf[] {
  const all: (Leaf & { readonly named: readonly string[] })[] = []
  const walk = (field: TableField, stored: readonly string[], named: readonly string[]): void => {
    const at = { stored: [...stored, field.stored], named: [...named, field.name.toLowerCase()] }
    if (field.type.kind === 'struct') for (const inner of field.type.fields) walk(inner, at.stored, at.named)
    else all.push({ ...at, sql: field.type.kind === 'scalar' ? field.type.sql : '' })
  }
  for (const field of fields) walk(field, [], [])
  if ('leavesMax' in wanted) return all.slice(0, wanted.leavesMax)
  const names = new Set(wanted.named)
  // A struct that is named stands for all in it.
  return all.filter(({ named }) => named.some((_, i) => names.has(named.slice(0, i + 1).join('\u0000'))))
}

/** `a, b.c, ``d.e```: names as Spark writes them, by NUL where Spark has a dot between parts. */
function splitNames(text: string): readonly string[] {
  const names: string[] = []
  let name = ''
  for (const [token] of text.matchAll(/`(?:[^`]|``)*`|[^`]/g)) {
    if (token === ',') {
      names.push(name)
      name = ''
    } else if (token === '.') name += '\u0000'
    else if (token.startsWith('`')) name += token.slice(1, -1).replaceAll('``', '`')
    else if (token.trim() !== '') name += token
  }
  return [...names, name].filter(each => each !== '').map(each => each.toLowerCase())
}

function member(name: string, known: readonly Known[], textOf: (known: Known) => string | undefined): string {
  const values = known.flatMap(each => {
    const value = textOf(each)
    return value === undefined ? [] : [{ path: each.leaf.stored, value }]
  })
  return `"${name}":${nested(values)}`
}

type At = { readonly path: readonly string[]; readonly value: string }

/** Values by their paths as objects in objects. */
function nested(values: readonly At[]): string {
  const inner = new Map<string, At[]>()
  for (const { path, value } of values) {
    const [first = '', ...rest] = path
    inner.set(first, [...(inner.get(first) ?? []), { path: rest, value }])
  }
  const members = [...inner].map(([name, of]) => {
    const [only] = of
    return `${JSON.stringify(name)}:${only?.path.length === 0 ? only.value : nested(of)}`
  })
  return `{${members.join(',')}}`
}

function lower(sql: string, { min }: ColumnStatistics): string | undefined {
  return min === undefined ? undefined : boundOf(sql, min, 'lower')
}

/** Delta's order puts not-a-number above all numbers, and no JSON says it: then there is no bound. */
function upper(sql: string, { max, hasNan }: ColumnStatistics): string | undefined {
  return max === undefined || hasNan ? undefined : boundOf(sql, max, 'upper')
}

type Side = 'lower' | 'upper'

function boundOf(sql: string, text: string, side: Side): string | undefined {
  switch (sql) {
    case 'VARCHAR':
      return side === 'lower' ? JSON.stringify(cut(text)) : upperText(text)
    case 'DATE':
      return /^\d{4}-\d\d-\d\d$/.test(text) ? `"${text}"` : undefined
    case 'TIMESTAMP':
      return timestamp(text, '', side)
    case 'TIMESTAMP WITH TIME ZONE':
      return timestamp(text.replace(/\+00$/, ''), 'Z', side)
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
      return number(text)
    default:
      // BLOB and BOOLEAN have none in any Delta writer.
      return sql.startsWith('DECIMAL(') ? number(text) : undefined
  }
}

/** Infinities are no numbers of JSON. */
function number(text: string): string | undefined {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) ? text : undefined
}

/** Characters of a text that its bounds keep, as in Spark. */
const charactersMax = 32

/** The highest character: whatever follows a cut, it is not above this one. */
const highest = '\u{10ffff}'

function cut(text: string): string {
  return Array.from(text.slice(0, 2 * charactersMax))
    .slice(0, charactersMax)
    .join('')
}

function upperText(text: string): string | undefined {
  const start = cut(text)
  if (start.length === text.length) return JSON.stringify(text)
  // What follows could begin with the highest character too.
  return text.startsWith(highest, start.length) ? undefined : JSON.stringify(start + highest)
}

/** Milliseconds, a lower bound rounded down and an upper one up. Years beyond 9999 and before 1 have none. */
function timestamp(text: string, zone: string, side: Side): string | undefined {
  const found = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  if (!found) return undefined
  const [, date = '', time = '', fraction = ''] = found
  // Apart from the seconds: together with them, a double has no room for microseconds in far years.
  const ms = Number(fraction.padEnd(6, '0')) / 1_000
  const seconds = Date.parse(`${date}T${time}Z`)
  const rounded = new Date(seconds + (side === 'lower' ? Math.floor(ms) : Math.ceil(ms))).toISOString()
  return rounded.length === 24 ? `"${rounded.slice(0, -1)}${zone}"` : undefined
}
