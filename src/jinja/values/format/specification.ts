import type { Dialect } from '../dialect.ts'
import { raise, tooLarge } from '../raise.ts'
import { pointCount } from '../text.ts'

/** What stands after `:` in `'{:>10.2f}'`. */
export type Specification = {
  readonly fill: string
  /** As written; a number goes to the right, other values to the left. */
  readonly align: '<' | '>' | '=' | '^' | undefined
  readonly sign: '+' | '-' | ' ' | undefined
  readonly noNegativeZero: boolean
  readonly alternate: boolean
  readonly zero: boolean
  readonly width: number
  readonly grouping: ',' | '_' | undefined
  readonly precision: number | undefined
  readonly type: string | undefined
}

const pattern =
  /^(?:(?<filled>.)(?<alignFilled>[<>=^])|(?<align>[<>=^]))?(?<sign>[-+ ])?(?<z>z)?(?<alternate>#)?(?<zero>0)?(?<width>\d+)?(?<grouping>[,_])?(?:\.(?<precision>\d+))?(?<type>.)?$/su

/** Python's format specification mini-language. */
export function parseSpecification(text: string, type: string, dialect: Dialect): Specification {
  const found = pattern.exec(text)?.groups
  if (!found) return raise('ValueError', wrongWords(text))
  const { textCharsMax } = dialect.limits
  const size = (digits: string | undefined) => {
    const number = Number(digits ?? 0)
    return number > textCharsMax ? tooLarge('a text', textCharsMax) : number
  }
  const align = (found.alignFilled ?? found.align) as Specification['align']
  const zero = found.zero !== undefined
  return {
    fill: found.filled ?? (zero ? '0' : ' '),
    align: align ?? (zero && type !== 'str' ? '=' : undefined),
    sign: found.sign as Specification['sign'],
    noNegativeZero: found.z !== undefined,
    alternate: found.alternate !== undefined,
    zero,
    width: size(found.width),
    grouping: found.grouping as Specification['grouping'],
    precision: found.precision === undefined ? undefined : size(found.precision),
    type: found.type,
  }
}

function wrongWords(text: string): string {
  if (/\.(?!\d)/.test(text)) return 'Format specifier missing precision'
  if (/,,/.test(text) || /,_|_,/.test(text)) return "Cannot specify both ',' and '_'."
  return 'Invalid format specifier'
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
