/** A double as `mantissa × 2^exponent`, exactly; it is finite and not below zero. */
function parts(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 }
}

/** `value × 10^power`, to the nearest int; halves go to the even one, as in C and Python. */
function scaled(value: number, power: number): bigint {
  const { mantissa, exponent } = parts(value)
  const ten = 10n ** BigInt(Math.abs(power))
  const two = 1n << BigInt(Math.abs(exponent))
  const top = mantissa * (power > 0 ? ten : 1n) * (exponent > 0 ? two : 1n)
  const bottom = (power < 0 ? ten : 1n) * (exponent < 0 ? two : 1n)
  return divideHalfEven(top, bottom)
}

/** `top / bottom` of ints not below zero; halves go to the even one. */
export function divideHalfEven(top: bigint, bottom: bigint): bigint {
  const quotient = top / bottom
  const twice = (top % bottom) * 2n
  return twice > bottom || (twice === bottom && quotient % 2n === 1n) ? quotient + 1n : quotient
}

/** `'%.{digits}f'` of a finite number that is not below zero. */
export function fixed(value: number, digits: number): string {
  const text = String(scaled(value, digits)).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Significant digits without a point, and the exponent of the first of them. */
export type Scientific = { readonly digits: string; readonly exponent: number }

/** `'%.{digits - 1}e'` of a finite number that is not below zero. */
export function scientific(value: number, count: number): Scientific {
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 }
  const guess = Number(value.toExponential().split('e')[1])
  for (const exponent of [guess, guess + 1]) {
    const digits = String(scaled(value, count - 1 - exponent))
    if (digits.length === count) return { digits, exponent }
  }
  // It was rounded up to the next power of ten.
  return { digits: `1${'0'.repeat(count - 1)}`, exponent: guess + 1 }
}

/** Python's `round(value, digits)` of a float. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 323) return value
  const size = Math.abs(value)
  const rounded = digits >= 0 ? Number(fixed(size, digits)) : roundTens(size, -digits)
  return value < 0 || Object.is(value, -0) ? -rounded : rounded
}

/** Powers of ten beyond which every double is rounded to zero. */
const tensMax = 309

function roundTens(size: number, tens: number): number {
  return tens >= tensMax ? 0 : Number(scaled(size, -tens) * 10n ** BigInt(tens))
}
