import type { Dialect } from '../dialect.ts'
import { raise, tooLarge } from '../raise.ts'
import { pointCount } from '../text.ts'

/** What stands after `:` in `'{:>10.2f}'`. */
export type Specification = {
  /** Python's type of the value, for errors. */
  readonly of: string
  readonly fill: string
  /** As written; a number goes to the right, other values to the left. */
  readonly align: '<' | '>' | '=' | '^' | undefined
  readonly sign: '+' | '-' | ' ' | undefined
  readonly noNegativeZero: boolean
  readonly alternate: boolean
  readonly width: number
  readonly grouping: ',' | '_' | undefined
  readonly precision: number | undefined
  readonly type: string | undefined
}

const pattern = new RegExp(
  '^(?:(?<filled>.)(?<alignFilled>[<>=^])|(?<align>[<>=^]))?(?<sign>[-+ ])?(?<z>z)?' +
    '(?<alternate>#)?(?<zero>0)?(?<width>\\d+)?(?<grouping>[,_]+)?(?:\\.(?<precision>\\d+))?(?<type>.*)$',
  'su',
)

/** Types whose digits may stand in groups. */
const groups: { readonly [mark: string]: string } = { ',': 'deEfFgG%', _: 'deEfFgG%boxX' }

/** Python's format specification mini-language, for a value of this type of Python. */
export function parseSpecification(text: string, type: string, dialect: Dialect): Specification {
  const found = pattern.exec(text)?.groups ?? {}
  const { filled, align = found.alignFilled, zero, grouping, precision, type: rest = '' } = found
  if (precision === undefined && rest.startsWith('.'))
    return raise('ValueError', 'Format specifier missing precision')
  if (grouping === ',_' || grouping === '_,') return raise('ValueError', "Cannot specify both ',' and '_'.")
  if (Array.from(rest).length > 1 || (grouping !== undefined && grouping.length > 1))
    return raise('ValueError', `Invalid format specifier '${text}' for object of type '${type}'`)
  const shown = rest === '' ? (type === 'str' ? 's' : 'd') : rest
  if (grouping !== undefined && groups[grouping]?.includes(shown) !== true)
    return raise('ValueError', `Cannot specify '${grouping}' with '${shown}'.`)
  return {
    of: type,
    fill: filled ?? (zero === undefined ? ' ' : '0'),
    align: (align ?? (zero !== undefined && type !== 'str' ? '=' : undefined)) as Specification['align'],
    sign: found.sign as Specification['sign'],
    noNegativeZero: found.z !== undefined,
    alternate: found.alternate !== undefined,
    width: sizeOf(found.width, dialect) ?? 0,
    grouping: grouping as Specification['grouping'],
    precision: sizeOf(precision, dialect),
    type: rest === '' ? undefined : rest,
  }
}

/** Digits that C's largest size has. */
const sizeDigitsMax = 18

function sizeOf(digits: string | undefined, { limits }: Dialect): number | undefined {
  if (digits === undefined) return undefined
  if (digits.length > sizeDigitsMax) return raise('ValueError', 'Too many decimal digits in format string')
  const size = Number(digits)
  return size > limits.textCharsMax ? tooLarge('a text', limits.textCharsMax) : size
}

/** The type is none that these values have. */
export function unknownCode({ type = '', of }: Specification): never {
  const code = /^[ -~]$/.test(type) ? type : `\\x${(type.codePointAt(0) ?? 0).toString(16)}`
  return raise('ValueError', `Unknown format code '${code}' for object of type '${of}'`)
}

/** `body` within the width; `prefix` is a sign or `0x`, before which `=` does not fill. */
export function padded(spec: Specification, body: string, { prefix = '', align = '<' } = {}): string {
  const missing = spec.width - pointCount(prefix) - pointCount(body)
  if (missing <= 0) return prefix + body
  const where = spec.align ?? align
  if (where === '=') return prefix + spec.fill.repeat(missing) + body
  const left = where === '<' ? 0 : where === '>' ? missing : Math.floor(missing / 2)
  return spec.fill.repeat(left) + prefix + body + spec.fill.repeat(missing - left)
}
