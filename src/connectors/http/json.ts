import type { ExactJson } from '../../connect/index.ts'

/**
 * Could the text hold a number that a double does not keep? Fifteen digits always fit (IEEE 754, DBL_DIG).
 */
const suspicious = /\d[\d.]{15}|[eE][+-]?\d{3}/

/**
 * JSON without loss: integers that a double cannot hold become bigints, decimals it cannot hold stay text.
 * The plain parse is ten times faster than one with a reviver, so the reviver only reads bodies in which a
 * long number may stand.
 */
export function parseJson(text: string): ExactJson {
  if (!suspicious.test(text)) return JSON.parse(text) as ExactJson
  return JSON.parse(text, exact) as ExactJson
}

// ECMA-262 proposal "JSON.parse source text access", in V8 since 11.4: `source` is the number as it was
// written.
function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value
  const { source } = context
  if (Number.isSafeInteger(value) && /^-?\d+$/.test(source)) return value
  if (/^-?\d+$/.test(source)) return BigInt(source)
  return isKept(value, source) ? value : source
}

/** Does the double, printed, say the same decimal as the source? */
function isKept(value: number, source: string): boolean {
  return Number.isFinite(value) && digits(String(value)) === digits(source)
}

/** A decimal as its digits and the power of ten: `1.50e3` and `1500` are both `15e2`. */
function digits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = (whole + fraction).replace(/^0+/, '')
  const short = all.replace(/0+$/, '')
  if (short === '') return '0'
  return `${sign}${short}e${Number(exponent) - fraction.length + (all.length - short.length)}`
}
