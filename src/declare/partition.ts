import type { PartitionScheme, PartitionUnit } from '../model/index.ts'

/**
 * How an asset is cut, in words. In SQL the same words follow `@partition`.
 *
 * - `day`: by day, of the column that is called `day` (likewise `hour`, `week`, `month`)
 * - `day(ordered_at)`: by day, of any date or timestamp column
 * - `day(ordered_at) in Europe/Berlin from 2024-01-01 until 2025-01-01`: by that wall clock, the end not in
 * - `country in DE FR IN`: the listed values
 */
export type PartitionWords =
  | PartitionUnit
  | `${PartitionUnit} ${'in' | 'from' | 'until'} ${string}`
  | `${PartitionUnit}(${string})${string}`
  | `${string} in ${string}`

/** The same as an object. */
export type PartitionOption<Column extends string = string> =
  | {
      readonly column: Column
      readonly unit: PartitionUnit
      /** IANA name of the wall clock in which partitions are cut. UTC unless said. */
      readonly zone?: string
      /** First partition. Unless said: the first one that the data has. */
      readonly from?: string
      /** The partition after the last one. Unless said: up to now. */
      readonly until?: string
    }
  | { readonly column: Column; readonly values: readonly string[] }

/** A scheme, or one clause that says what is wrong with the words. */
export type PartitionRead =
  | { readonly ok: true; readonly scheme: PartitionScheme }
  | { readonly ok: false; readonly problem: string }

const timeWords =
  /^(hour|day|week|month)(?:\s*\(\s*("(?:[^"]|"")+"|[^()"]+?)\s*\))?((?:\s+(?:in|from|until)\s+\S+)*)$/i
const listWords = /^("(?:[^"]|"")+"|\S+)\s+in\s+(.+)$/i

const keyForms: { readonly [unit in PartitionUnit]: { readonly form: RegExp; readonly example: string } } = {
  hour: { form: /^\d{4}-\d{2}-\d{2}T\d{2}$/, example: '2024-01-31T05' },
  day: { form: /^\d{4}-\d{2}-\d{2}$/, example: '2024-01-31' },
  week: { form: /^\d{4}-\d{2}-\d{2}$/, example: '2024-01-29' },
  month: { form: /^\d{4}-\d{2}$/, example: '2024-01' },
}

/** Read a partition scheme from words (SQL facts and options) or from the object form. */
export function readPartition(given: string | PartitionOption): PartitionRead {
  return typeof given === 'string' ? fromWords(given.trim()) : fromObject(given)
}

function fromWords(words: string): PartitionRead {
  const time = timeWords.exec(words)
  if (time) {
    const unit = (time[1] ?? '').toLowerCase() as PartitionUnit
    const clauses = readClauses(time[3] ?? '')
    if (typeof clauses === 'string') return problem(clauses)
    return fromObject({ column: time[2] === undefined ? unit : unquote(time[2]), unit, ...clauses })
  }
  const list = listWords.exec(words)
  if (list) return fromObject({ column: unquote(list[1] ?? ''), values: readList(list[2] ?? '') })
  return problem(
    `\`${words}\` does not say how to cut; name the unit: \`day(${words.split(/\s/)[0] ?? ''})\``,
  )
}

type Clauses = { zone?: string; from?: string; until?: string }

function readClauses(words: string): Clauses | string {
  const clauses: Clauses = {}
  const parts = words.trim().split(/\s+/)
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const word = (parts[i] ?? '').toLowerCase()
    const name = word === 'in' ? 'zone' : word === 'from' ? 'from' : 'until'
    if (clauses[name] !== undefined) return `\`${word}\` is said twice`
    clauses[name] = parts[i + 1] ?? ''
  }
  return clauses
}

function fromObject(given: PartitionOption): PartitionRead {
  if (!given.column) return problem('the column is missing')
  if ('values' in given) return fromValues(given.column, given.values)
  const { column, unit, zone = 'UTC', from, until } = given
  const key = keyForms[unit]
  if (key === undefined) return problem(`\`${String(unit)}\` is not hour, day, week or month`)
  if (!isZone(zone)) return problem(`\`${zone}\` is not an IANA time zone such as \`Europe/Berlin\``)
  for (const bound of [from, until]) {
    if (bound === undefined) continue
    if (!key.form.test(bound) || !isOnGrid(bound, unit)) return problem(offGrid(bound, unit, key.example))
  }
  if (from !== undefined && until !== undefined && from >= until)
    return problem('`from` is not before `until`')
  const bounds = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }
  return { ok: true, scheme: Object.freeze({ kind: 'time', column, unit, zone, ...bounds }) }
}

function fromValues(column: string, values: readonly string[]): PartitionRead {
  if (values.length === 0) return problem('the list of values is empty')
  const twice = values.find((value, i) => values.indexOf(value) !== i)
  if (twice !== undefined) return problem(`\`${twice}\` is listed twice`)
  return { ok: true, scheme: Object.freeze({ kind: 'static', column, values: Object.freeze([...values]) }) }
}

function problem(words: string): PartitionRead {
  return { ok: false, problem: words }
}

function offGrid(bound: string, unit: PartitionUnit, example: string): string {
  const what = unit === 'week' ? 'the Monday of a week' : `a partition by ${unit}`
  return `\`${bound}\` is not ${what}; one looks like \`${example}\``
}

/** A real date of the calendar: 31 February is none, and a week is known by its Monday. */
function isOnGrid(key: string, unit: PartitionUnit): boolean {
  const [year = 0, month = 0, day = 1] = key.slice(0, 10).split('-').map(Number)
  const hour = unit === 'hour' ? Number(key.slice(11)) : 0
  const date = new Date(Date.UTC(year, month - 1, day, hour))
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour
  return same && (unit !== 'week' || date.getUTCDay() === 1)
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch (thrown) {
    // ECMA-402: a RangeError is the one way in which an unknown zone is told.
    if (thrown instanceof RangeError) return false
    throw thrown
  }
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** `DE FR 'New York'`: parted by white space or commas, quoted where a value holds one. */
function readList(words: string): string[] {
  const values = words.match(/'(?:[^']|'')*'|[^\s,]+/g) ?? []
  return values.map(value => (value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value))
}
