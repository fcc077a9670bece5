import { failure } from '../../../errors/index.ts'

// "Schema Serialization Format": the schema as the log has it, with all that a column's metadata says.

export type StructType = { readonly type: 'struct'; readonly fields: readonly StructField[] }
export type ArrayType = {
  readonly type: 'array'
  readonly elementType: DataType
  readonly containsNull: boolean
}
export type MapType = {
  readonly type: 'map'
  readonly keyType: DataType
  readonly valueType: DataType
  readonly valueContainsNull: boolean
}
/** A primitive type is its name: `long`, `decimal(10,2)`. */
export type DataType = string | StructType | ArrayType | MapType

export type StructField = {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly metadata: FieldMetadata
}

/** Longs beyond 2^53 are bigints; other numbers that JavaScript would print anew are kept as written. */
export type FieldMetadata = { readonly [key: string]: unknown }

// JSON.rawJSON and the source of a value (ES proposal "JSON.parse source text access", in V8 since 11.4).
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

/** The tree of a schema string. Numbers survive exactly; `writeSchema` gives the same text back. */
export function readSchema(schemaString: string): StructType {
  let read: unknown
  try {
    read = JSON.parse(schemaString, exactNumber)
  } catch (thrown) {
    throw broken(String(thrown))
  }
  const type = typeOf(read)
  if (typeof type === 'string' || type.type !== 'struct') throw broken('the schema is no struct')
  return type
}

export function writeSchema(schema: StructType): string {
  return JSON.stringify(schema, (_key, value: unknown) =>
    typeof value === 'bigint' ? rawJSON(value.toString()) : value,
  )
}

/** A long of a column's metadata; undefined: it has none. */
export function longOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** A long for a column's metadata: a number where that is exact, as `readSchema` gives it. */
export function metadataLong(value: bigint): number | bigint {
  return BigInt(Number(value)) === value ? Number(value) : value
}

function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value
  return /^-?\d+$/.test(source) ? BigInt(source) : rawJSON(source)
}

function typeOf(value: unknown): DataType {
  if (typeof value === 'string') return value
  const node = (value ?? {}) as { readonly [key: string]: unknown }
  if (node['type'] === 'struct' && Array.isArray(node['fields']))
    return { type: 'struct', fields: node['fields'].map(fieldOf) }
  if (node['type'] === 'array')
    return {
      type: 'array',
      elementType: typeOf(node['elementType']),
      containsNull: node['containsNull'] !== false,
    }
  if (node['type'] === 'map')
    return {
      type: 'map',
      keyType: typeOf(node['keyType']),
      valueType: typeOf(node['valueType']),
      valueContainsNull: node['valueContainsNull'] !== false,
    }
  throw broken('a type is not one that the protocol knows')
}

function fieldOf(value: unknown): StructField {
  const node = (value ?? {}) as { readonly [key: string]: unknown }
  if (typeof node['name'] !== 'string') throw broken('a column has no name')
  const { metadata } = node
  return {
    name: node['name'],
    type: typeOf(node['type']),
    nullable: node['nullable'] !== false,
    metadata: typeof metadata === 'object' && metadata !== null ? (metadata as FieldMetadata) : {},
  }
}

function broken(words: string): Error {
  return failure('SLUICE_DELTA_SCHEMA_BROKEN', { words })
}
