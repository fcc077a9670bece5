import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { raise, type Value } from '../../jinja/index.ts'
import type { Table, TableType } from '../context/table.ts'
import type { Node } from '../face.ts'
import { dateOf, momentOf } from '../python/datetime.ts'
import { decimal } from '../python/decimal.ts'
import { csvRecords } from '../csv.ts'

/**
 * The rows of a seed's file, with types found as agate finds them: the narrowest that fits every value of a
 * column.
 */
export function readSeed(packageRoot: string, node: Node): Table {
  const path = join(packageRoot, node.original_file_path)
  const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '')
  const delimiter = typeof node.config.delimiter === 'string' ? node.config.delimiter : ','
  const [names = [], ...rows] = csvRecords(text, delimiter).filter(record => record.length > 0)
  const long = rows.findIndex(row => row.length > names.length)
  if (long >= 0)
    raise(
      'CompilationError',
      `The seed ${node.original_file_path} has ${rows[long]?.length} values in row ${long + 2}, ` +
        `and ${names.length} columns.`,
    )
  const asText = textColumns(node)
  const readers = names.map((name, i) => (asText.has(name) ? text_ : readerFor(rows, i)))
  return {
    names: named(names),
    types: readers.map(({ type }) => type),
    rows: rows.map(row => readers.map(({ read }, i) => read(row[i] ?? '') ?? null)),
  }
}

/** Columns whose type the configuration says are loaded as they stand. */
function textColumns(node: Node): ReadonlySet<string> {
  const types = node.config.column_types
  return new Set(
    typeof types === 'object' && types !== null && !Array.isArray(types) ? Object.keys(types) : [],
  )
}

/** A column without a name is called after its place, a second one of a name gets a number. */
function named(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  return names.map((name, i) => {
    const wanted = name === '' ? letterOf(i) : name
    const count = (seen.get(wanted) ?? 0) + 1
    seen.set(wanted, count)
    return count === 1 ? wanted : `${wanted}_${count}`
  })
}

function letterOf(index: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  return (letters[index % letters.length] ?? '').repeat(Math.floor(index / letters.length) + 1)
}

/** undefined: the text is not of this type. */
type Reader = { readonly type: TableType; readonly read: (text: string) => Value | undefined }

const isNull = (text: string) => ['', 'null'].includes(text.trim().toLowerCase())

const number: Reader = { type: 'Number', read: text => decimal(plainNumber(text)) }
const date: Reader = { type: 'Date', read: text => dayIn(text) }
const dateTime: Reader = { type: 'DateTime', read: text => momentIn(text) }
const boolean: Reader = { type: 'Boolean', read: text => truths.get(text.trim().toLowerCase()) }
const text_: Reader = { type: 'Text', read: text => (isNull(text) ? null : text) }

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

function readerFor(rows: readonly (readonly string[])[], index: number): Reader {
  const nullable = [number, date, dateTime, boolean].map(
    (reader): Reader => ({ ...reader, read: text => (isNull(text) ? null : reader.read(text)) }),
  )
  const fits = nullable.find(reader => rows.every(row => reader.read(row[index] ?? '') !== undefined))
  // Without any value every type fits; agate takes the first it knows.
  return rows.every(row => isNull(row[index] ?? '')) ? { type: 'Integer', read: () => null } : (fits ?? text_)
}

/** `-$1,200.50` and `12%` are numbers to agate. */
function plainNumber(text: string): string {
  const bare = text.trim().replace(/^%+|%+$/g, '')
  const sign = bare.startsWith('-') ? '-' : ''
  return (
    sign +
    bare
      .slice(sign.length)
      .replace(/^[$€£¥؋฿₡₵₫₲₴₸₹₺₽]+|[$€£¥؋฿₡₵₫₲₴₸₹₺₽]+$/g, '')
      .replaceAll(',', '')
  )
}

function dayIn(text: string): Value | undefined {
  const found = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim())
  if (!found) return undefined
  const [, year = '', month = '', day = ''] = found
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(iso) ? dateOf(iso) : undefined
}

function isDay(iso: string): boolean {
  const date = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso)
}

const moments = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(Z|[+-]\d{2}:?\d{2})?$/

function momentIn(text: string): Value | undefined {
  const found = moments.exec(text.trim())
  if (!found) return undefined
  const [, day = '', time = '', zone = ''] = found
  return isDay(day) ? momentOf(`${day}T${time.replace(',', '.')}${zone}`) : undefined
}
