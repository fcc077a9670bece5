import type { DataType, StructField } from './schema-string.ts'
import { decimalOf } from './types.ts'

// "Type Widening": which types may take the place of which, and the record that is kept of it.

const integers: readonly string[] = ['byte', 'short', 'integer', 'long']
/** Digits that any integer of 32 and of 64 bits fits in, as the protocol counts them. */
const digits = { int: 10, long: 20 }

/** May rows of `from` stay in their files when the column becomes `to`? */
export function widens(from: string, to: string): boolean {
  const [a, b] = [integers.indexOf(from), integers.indexOf(to)]
  const [before, after] = [decimalOf(from), decimalOf(to)]
  if (a >= 0 && b >= 0) return a < b
  if (from === 'float' && to === 'double') return true
  if (from === 'date' && to === 'timestamp_ntz') return true
  if (a >= 0 && from !== 'long' && to === 'double') return true
  if (!after) return false
  const least =
    before ?? (a < 0 ? undefined : { precision: from === 'long' ? digits.long : digits.int, scale: 0 })
  if (least === undefined || from === to) return false
  const more = after.scale - least.scale
  return more >= 0 && after.precision - least.precision >= more
}

/** As `widens`, without the changes that turn whole numbers into another sort: those must be asked for. */
export function widensByItself(from: string, to: string): boolean {
  const turns = integers.includes(from) && !integers.includes(to)
  return !turns && widens(from, to)
}

type Change = { readonly fromType: string; readonly toType: string; readonly fieldPath?: string }

/** The column with its new type, and "Type Change Metadata" for every scalar in it that changed. */
export function retyped(field: StructField, type: DataType): StructField {
  const changes = changesBetween(field.type, type, [])
  if (changes.length === 0) return { ...field, type }
  const key = 'delta.typeChanges'
  const before = field.metadata[key]
  const all = [...(Array.isArray(before) ? (before as readonly unknown[]) : []), ...changes]
  return { ...field, type, metadata: { ...field.metadata, [key]: all } }
}

/** Fields of structs keep a record of their own. */
function changesBetween(from: DataType, to: DataType, path: readonly string[]): readonly Change[] {
  if (typeof from === 'string' || typeof to === 'string') {
    if (typeof from !== 'string' || typeof to !== 'string' || from === to || from === 'void') return []
    const change = { fromType: from, toType: to }
    return [path.length === 0 ? change : { ...change, fieldPath: path.join('.') }]
  }
  if (from.type === 'array' && to.type === 'array')
    return changesBetween(from.elementType, to.elementType, [...path, 'element'])
  if (from.type === 'map' && to.type === 'map')
    return [
      ...changesBetween(from.keyType, to.keyType, [...path, 'key']),
      ...changesBetween(from.valueType, to.valueType, [...path, 'value']),
    ]
  return []
}
