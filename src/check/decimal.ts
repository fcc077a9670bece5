/** A decimal number, exact: `units / 10^scale`. */
export type Decimal = { readonly units: bigint; readonly scale: number }

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/** The number that a text spells; undefined: it spells none (`nan` and `inf` are none). */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = decimal.exec(text.trim())
  if (parts === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  if (whole === '' && fraction === '') return undefined
  const scale = fraction.length - Number(exponent)
  const units = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale }
}

/** Negative, zero or positive, as `a` is smaller than, equal to or larger than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const left = unitsAt(a, scale)
  const right = unitsAt(b, scale)
  return left < right ? -1 : left > right ? 1 : 0
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale }
}

export function whole(count: number | bigint): Decimal {
  return { units: BigInt(count), scale: 0 }
}

/**
 * The nearest number with at most `scale` digits behind the point that is not smaller (`up`) or not larger
 * (`down`).
 */
export function roundDecimal(value: Decimal, scale: number, towards: 'up' | 'down'): Decimal {
  if (value.scale <= scale) return value
  const step = 10n ** BigInt(value.scale - scale)
  const cut = value.units / step
  const rest = value.units % step
  if (rest === 0n) return { units: cut, scale }
  if (towards === 'up') return { units: rest > 0n ? cut + 1n : cut, scale }
  return { units: rest < 0n ? cut - 1n : cut, scale }
}

/** As people and SQL write it, without zeros at the end: `-12.5`. */
export function decimalText(value: Decimal): string {
  const sign = value.units < 0n ? '-' : ''
  const digits = (value.units < 0n ? -value.units : value.units).toString().padStart(value.scale + 1, '0')
  const point = digits.length - value.scale
  const fraction = digits.slice(point).replace(/0+$/, '')
  return `${sign}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`
}

/** `a / b` with ten digits behind the point, cut: for words, not for decisions. */
export function quotientText(a: Decimal, b: Decimal): string {
  const digits = 10
  const over = 10n ** BigInt(digits + b.scale)
  return decimalText({ units: (a.units * over) / (b.units * 10n ** BigInt(a.scale)), scale: digits })
}

function unitsAt(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale)
}
