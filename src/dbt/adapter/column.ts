/** A column of a relation, as `adapter.get_columns_in_relation` and `api.Column` give it. */
export type Column = {
  readonly name: string
  /** The database's name of the type, without size or precision where these are given apart. */
  readonly dtype: string
  readonly charSize: number | null
  readonly precision: number | null
  readonly scale: number | null
}

const strings = new Set(['text', 'character varying', 'character', 'varchar'])
const floats = new Set(['real', 'float', 'float4', 'float8', 'double'])
const integers = new Set(
  (
    'tinyint smallint integer bigint hugeint utinyint usmallint uinteger ubigint ' +
    'int1 int2 int4 int8 short int signed long'
  ).split(' '),
)
const numerics = new Set(['numeric', 'decimal'])
/** Labels that any database understands, in this one's words. */
const labels: ReadonlyMap<string, string> = new Map([['STRING', 'TEXT']])
/** What a text of no known size is taken to hold; DuckDB knows no sizes. */
const stringSizeDefault = 256

export const isString = ({ dtype }: Column): boolean => strings.has(dtype.toLowerCase())
export const isFloat = ({ dtype }: Column): boolean => floats.has(dtype.toLowerCase())
export const isInteger = ({ dtype }: Column): boolean => integers.has(dtype.toLowerCase())
export const isNumeric = ({ dtype }: Column): boolean => numerics.has(dtype.toLowerCase())
export const isStruct = ({ dtype }: Column): boolean => dtype.toLowerCase().startsWith('struct')

export function translateType(label: string): string {
  return labels.get(label.toUpperCase()) ?? label
}

export function column(name: string, dtype: string, size: Partial<Column> = {}): Column {
  return { name, dtype, charSize: null, precision: null, scale: null, ...size }
}

/** The type as DDL takes it. */
export function dataType(of: Column): string {
  if (isString(of)) return `character varying(${stringSize(of)})`
  if (isNumeric(of) && of.precision !== null && of.scale !== null)
    return `${of.dtype}(${of.precision},${of.scale})`
  return of.dtype
}

export function stringSize({ dtype, charSize }: Column): number {
  return dtype === 'text' || charSize === null ? stringSizeDefault : charSize
}

/** `decimal(10,2)` taken apart; undefined: it is no type. */
export function described(name: string, type: string): Column | undefined {
  const found = /^([^(]+)(?:\(([^)]+)\))?/.exec(type)
  if (!found) return undefined
  const [, dtype = '', size] = found
  const numbers = size === undefined ? [] : size.split(',').map(Number)
  if (numbers.some(each => !Number.isInteger(each))) return undefined
  const [first = null, second = null] = numbers
  return numbers.length === 2
    ? column(name, dtype, { precision: first, scale: second })
    : column(name, dtype, { charSize: first })
}

/** The columns of a struct in its place, by their paths; any other column alone. */
export function flattened(of: Column): readonly Column[] {
  const inner = /^struct\((.*)\)$/is.exec(of.dtype)?.[1]
  if (inner === undefined) return [of]
  return fields(inner).flatMap(([field, dtype]) => flattened(column(`${of.name}.${field}`, dtype)))
}

/** `a VARCHAR, b DECIMAL(10, 2)` cut at its commas outside of brackets. */
function fields(inner: string): readonly (readonly [name: string, type: string])[] {
  const texts: string[] = ['']
  let depth = 0
  for (const char of inner) {
    if (char === '(') depth += 1
    if (char === ')') depth -= 1
    if (char === ',' && depth === 0) texts.push('')
    else texts[texts.length - 1] += char
  }
  return texts.map(text => {
    const [, name = '', type = ''] = /^\s*("(?:[^"]|"")*"|\S+)\s+(.*?)\s*$/s.exec(text) ?? []
    return [name, type] as const
  })
}
