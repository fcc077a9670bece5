import {
  div,
  Float,
  HOST,
  type Host,
  type HostType,
  raise,
  typeName,
  type Value,
} from '../../../jinja/index.ts'
import { type BuiltinClass, builtinClass, builtinType } from '../builtin.ts'

/** Python's `datetime.timedelta`. */
export class Duration implements Host {
  /** Microseconds; they hold all of it. */
  readonly micros: bigint
  readonly [HOST]: HostType<Duration> = durationType
  constructor(micros: bigint) {
    this.micros = micros
  }
}

export const microsPerSecond = 1_000_000n
export const microsPerMinute = 60n * microsPerSecond
export const microsPerHour = 60n * microsPerMinute
export const microsPerDay = 24n * microsPerHour
const daysMax = 999_999_999n

/** Checked to be within what Python holds. */
function duration(micros: bigint): Duration {
  const days = floorDivide(micros, microsPerDay)
  if (days > daysMax || days < -daysMax)
    return raise('OverflowError', `days=${days}; must have magnitude <= ${daysMax}`)
  return new Duration(micros)
}

/** Towards minus infinity, where JavaScript's goes towards zero. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

export function floorModulo(a: bigint, b: bigint): bigint {
  return a - floorDivide(a, b) * b
}

/** The nearest; halves go to the even one. */
function nearest(a: bigint, b: bigint): bigint {
  const quotient = floorDivide(a, b)
  const rest = floorModulo(a, b)
  const [twice, size] = b < 0n ? [-2n * rest, -b] : [2n * rest, b]
  return twice > size || (twice === size && quotient % 2n !== 0n) ? quotient + 1n : quotient
}

type Parts = { readonly days: bigint; readonly seconds: number; readonly microseconds: number }

function partsOf(micros: bigint): Parts {
  const rest = floorModulo(micros, microsPerDay)
  return {
    days: floorDivide(micros, microsPerDay),
    seconds: Number(rest / microsPerSecond),
    microseconds: Number(rest % microsPerSecond),
  }
}

/** `1 day, 2:03:04.000005`. */
export function durationText(micros: bigint): string {
  const { days, seconds, microseconds } = partsOf(micros)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const fraction = microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`
  const plural = days === 1n || days === -1n ? '' : 's'
  return `${days === 0n ? '' : `${days} day${plural}, `}${clock}${fraction}`
}

export function durationRepr(micros: bigint): string {
  const { days, seconds, microseconds } = partsOf(micros)
  const parts = [
    ...(days === 0n ? [] : [`days=${days}`]),
    ...(seconds === 0 ? [] : [`seconds=${seconds}`]),
    ...(microseconds === 0 ? [] : [`microseconds=${microseconds}`]),
  ]
  return `datetime.timedelta(${parts.join(', ') || '0'})`
}

/** A float as an exact fraction. */
function ratioOf(value: number): readonly [numerator: bigint, denominator: bigint] {
  if (Number.isNaN(value)) return raise('ValueError', 'cannot convert NaN to integer ratio')
  if (!Number.isFinite(value)) return raise('OverflowError', 'cannot convert Infinity to integer ratio')
  let [numerator, denominator] = [value, 1n]
  while (!Number.isInteger(numerator)) [numerator, denominator] = [numerator * 2, denominator * 2n]
  return [BigInt(numerator), denominator]
}

/** An int of Python as a bigint; undefined: it is none. */
function wholeOf(value: Value): bigint | undefined {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? BigInt(value)
    : undefined
}

/** A bigint as templates hold ints. */
export function intOf(value: bigint): Value {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

function operate(operator: string, left: Value, right: Value): Value | undefined {
  if (left instanceof Duration && right instanceof Duration)
    return amongDurations(operator, left.micros, right.micros)
  if (left instanceof Duration)
    return right === null ? unary(operator, left.micros) : scaled(operator, left.micros, right)
  return operator === '*' && right instanceof Duration ? scaled('*', right.micros, left) : undefined
}

function unary(operator: string, micros: bigint): Value | undefined {
  if (operator === '-x') return duration(-micros)
  if (operator === '+x') return new Duration(micros)
  return operator === 'abs' ? duration(micros < 0n ? -micros : micros) : undefined
}

function amongDurations(operator: string, a: bigint, b: bigint): Value | undefined {
  if (operator === '+') return duration(a + b)
  if (operator === '-') return duration(a - b)
  if (!['/', '//', '%'].includes(operator)) return undefined
  if (operator === '/')
    return b === 0n ? raise('ZeroDivisionError', 'division by zero') : div(intOf(a), intOf(b))
  if (b === 0n) return divisionByZero()
  return operator === '//' ? intOf(floorDivide(a, b)) : duration(floorModulo(a, b))
}

function divisionByZero(): never {
  return raise('ZeroDivisionError', 'integer division or modulo by zero')
}

function scaled(operator: string, micros: bigint, by: Value): Value | undefined {
  const whole = wholeOf(by)
  if (operator === '*') {
    if (whole !== undefined) return duration(micros * whole)
    if (!(by instanceof Float)) return undefined
    const [numerator, denominator] = ratioOf(by.value)
    return duration(nearest(micros * numerator, denominator))
  }
  if (operator === '//' && whole !== undefined)
    return whole === 0n ? divisionByZero() : duration(floorDivide(micros, whole))
  if (operator !== '/') return undefined
  if (whole !== undefined) return whole === 0n ? divisionByZero() : duration(nearest(micros, whole))
  if (!(by instanceof Float)) return undefined
  const [numerator, denominator] = ratioOf(by.value)
  return numerator === 0n ? divisionByZero() : duration(nearest(micros * denominator, numerator))
}

const durationType: HostType<Duration> = builtinType<Duration>(
  'datetime.timedelta',
  {
    fields: {
      days: ({ micros }) => Number(partsOf(micros).days),
      seconds: ({ micros }) => partsOf(micros).seconds,
      microseconds: ({ micros }) => partsOf(micros).microseconds,
      min: () => new Duration(-daysMax * microsPerDay),
      max: () => new Duration((daysMax + 1n) * microsPerDay - 1n),
      resolution: () => new Duration(1n),
    },
    methods: {
      total_seconds: ['', ({ micros }) => div(intOf(micros), Number(microsPerSecond))],
    },
  },
  {
    str: ({ micros }) => durationText(micros),
    repr: ({ micros }) => durationRepr(micros),
    truth: ({ micros }) => micros !== 0n,
    key: ({ micros }) => String(micros),
    equal: (self, other) => other instanceof Duration && other.micros === self.micros,
    compare: (self, other) =>
      other instanceof Duration
        ? self.micros < other.micros
          ? -1
          : Number(self.micros > other.micros)
        : undefined,
    operate,
  },
)

const units: readonly (readonly [name: string, micros: bigint])[] = [
  ['days', microsPerDay],
  ['seconds', microsPerSecond],
  ['microseconds', 1n],
  ['milliseconds', 1000n],
  ['minutes', microsPerMinute],
  ['hours', microsPerHour],
  ['weeks', 7n * microsPerDay],
]

/**
 * Whole parts are added exactly, fractions of microseconds at the end, to the even one:
 * `timedelta(days=1.5)`.
 */
function made(values: readonly Value[]): Duration {
  let sum = 0n
  let rest = 0
  for (const [i, [name, micros]] of units.entries()) {
    const value = values[i] ?? null
    const whole = wholeOf(value)
    if (whole !== undefined) sum += whole * micros
    else if (value instanceof Float) {
      if (!Number.isFinite(value.value)) return notFinite(value.value)
      sum += BigInt(Math.trunc(value.value)) * micros
      const fraction = (value.value - Math.trunc(value.value)) * Number(micros)
      sum += BigInt(Math.trunc(fraction))
      rest += fraction - Math.trunc(fraction)
    } else return raise('TypeError', `unsupported type for timedelta ${name} component: ${typeName(value)}`)
  }
  const down = Math.floor(rest)
  const isUp = rest - down > 0.5 || (rest - down === 0.5 && (sum + BigInt(down)) % 2n !== 0n)
  return duration(sum + BigInt(isUp ? down + 1 : down))
}

function notFinite(value: number): never {
  if (Number.isNaN(value)) return raise('ValueError', 'cannot convert float NaN to integer')
  return raise('OverflowError', 'cannot convert float infinity to integer')
}

const described: BuiltinClass = {
  name: 'datetime.timedelta',
  called: '__new__',
  parameters: 'days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0',
  make: made,
  constants: {
    min: () => new Duration(-daysMax * microsPerDay),
    max: () => new Duration((daysMax + 1n) * microsPerDay - 1n),
    resolution: () => new Duration(1n),
  },
}

/** `modules.datetime.timedelta`. */
export function timedeltaClass(): Value {
  return builtinClass(described)
}
