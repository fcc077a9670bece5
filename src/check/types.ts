import type { ColumnType } from '../model/index.ts'
import { normalType } from '../sql/index.ts'

/** Which kind of comparison a column type takes. `other`: only equality of its text. */
export type Family =
  | { readonly kind: 'integer'; readonly min: bigint; readonly max: bigint }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'float' }
  | { readonly kind: 'date' | 'timestamp' | 'timestamptz' | 'time' }
  | { readonly kind: 'text' | 'enum' | 'boolean' | 'uuid' | 'other' }

const bits: { readonly [type: string]: readonly [bits: number, signed: boolean] } = {
  TINYINT: [8, true],
  SMALLINT: [16, true],
  INTEGER: [32, true],
  BIGINT: [64, true],
  HUGEINT: [128, true],
  UTINYINT: [8, false],
  USMALLINT: [16, false],
  UINTEGER: [32, false],
  UBIGINT: [64, false],
  UHUGEINT: [128, false],
}

const named: { readonly [type: string]: Family['kind'] } = {
  FLOAT: 'float',
  DOUBLE: 'float',
  DATE: 'date',
  TIME: 'time',
  VARCHAR: 'text',
  BOOLEAN: 'boolean',
  UUID: 'uuid',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
}

export function familyOf(type: ColumnType): Family {
  const normal = normalType(type)
  const width = bits[normal]
  if (width !== undefined) {
    const [size, signed] = width
    const top = 2n ** BigInt(signed ? size - 1 : size)
    return { kind: 'integer', min: signed ? -top : 0n, max: top - 1n }
  }
  const decimal = /^DECIMAL(?:\((\d+)(?:,(\d+))?\))?$/.exec(normal)
  if (decimal !== null) {
    return {
      kind: 'decimal',
      precision: Number(decimal[1] ?? 18),
      scale: Number(decimal[2] ?? (decimal[1] ? 0 : 3)),
    }
  }
  if (normal.startsWith('ENUM(')) return { kind: 'enum' }
  return { kind: named[normal] ?? 'other' } as Family
}

export function isNumber(family: Family): boolean {
  return family.kind === 'integer' || family.kind === 'decimal' || family.kind === 'float'
}

/** True where `wanted` is the type, or the family that the type belongs to: `DECIMAL` for `DECIMAL(18,3)`. */
export function isOfType(type: ColumnType, wanted: string): boolean {
  const [have, want] = [normalType(type), normalType(wanted)]
  if (have.toUpperCase() === want.toUpperCase()) return true
  if (want === 'LIST') return have.endsWith('[]')
  const [family = ''] = want.split('(')
  return !/[([]/.test(wanted) && have.startsWith(`${family}(`) && !have.endsWith(']')
}

/**
 * The narrowest type that holds every value of both without loss; undefined: none but text does. Nothing
 * here rounds: BIGINT does not go to DOUBLE (2^53), HUGEINT not to DECIMAL(38), TIMESTAMP not to TIMESTAMP
 * WITH TIME ZONE (whose zone?).
 */
export function widen(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (holds(a, b)) return normalType(a)
  if (holds(b, a)) return normalType(b)
  return ladder.find(type => holds(type, a) && holds(type, b)) ?? decimalFor(a, b)
}

/** In the order in which the first that fits is taken. */
const ladder = [
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'HUGEINT',
  'UHUGEINT',
  'FLOAT',
  'DOUBLE',
  'TIMESTAMP',
  'TIMESTAMP_NS',
]

/** True: each value of `from` is also a value of `type`, and stays the same. Text holds every scalar. */
export function holds(type: ColumnType, from: ColumnType): boolean {
  const [wide, narrow] = [normalType(type), normalType(from)]
  if (wide === narrow) return true
  const [to, of] = [familyOf(wide), familyOf(narrow)]
  if (to.kind === 'text') return of.kind !== 'other' || /^(?:INTERVAL|BIT|JSON)$/.test(narrow)
  if (of.kind === 'integer') return holdsInteger(wide, to, of)
  if (of.kind === 'decimal' && to.kind === 'decimal') {
    return to.scale >= of.scale && to.precision - to.scale >= of.precision - of.scale
  }
  return (losslessTo[narrow] ?? []).includes(wide)
}

const losslessTo: { readonly [from: string]: readonly string[] } = {
  FLOAT: ['DOUBLE'],
  DATE: ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS'],
  TIMESTAMP_S: ['TIMESTAMP_MS', 'TIMESTAMP'],
  TIMESTAMP_MS: ['TIMESTAMP'],
}

type Integer = Extract<Family, { kind: 'integer' }>

function holdsInteger(wide: ColumnType, to: Family, of: Integer): boolean {
  if (to.kind === 'integer') return to.min <= of.min && to.max >= of.max
  if (to.kind === 'decimal') return to.precision - to.scale >= digits(of)
  const exact = wide === 'FLOAT' ? 2n ** 24n : 2n ** 53n
  return to.kind === 'float' && of.max <= exact && of.min >= -exact
}

function digits(of: Integer): number {
  return String(of.max).length
}

function decimalFor(a: ColumnType, b: ColumnType): ColumnType | undefined {
  const [left, right] = [decimalOf(familyOf(a)), decimalOf(familyOf(b))]
  if (left === undefined || right === undefined) return undefined
  const scale = Math.max(left.scale, right.scale)
  const precision = scale + Math.max(left.precision - left.scale, right.precision - right.scale)
  return precision <= 38 ? `DECIMAL(${precision},${scale})` : undefined
}

function decimalOf(family: Family): { precision: number; scale: number } | undefined {
  if (family.kind === 'decimal') return family
  return family.kind === 'integer' ? { precision: digits(family), scale: 0 } : undefined
}
