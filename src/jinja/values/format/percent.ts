import { Dict } from '../dict.ts'
import type { Dialect } from '../dialect.ts'
import { escapeText, Markup, textOf } from '../markup.ts'
import { Float, HOST, Tuple, type Value } from '../model.ts'
import { type Int, floatOf, intOf, intOfFloat } from '../numbers.ts'
import { failUndefined, memberOf } from '../missing.ts'
import { ascii, quote, repr, str } from '../print.ts'
import { Range } from '../range.ts'
import { Undefined } from '../undefined.ts'
import { raise, tooLarge } from '../raise.ts'
import { pointCount, points, slicePoints } from '../text.ts'
import { isHost, isMapping, typeName } from '../types.ts'
import { characterOf, digitsOf } from './number.ts'

/** One `%…` of a template text, as it is written. */
type Written = {
  readonly whole: string
  readonly key: string | undefined
  readonly flags: string
  readonly width: string | undefined
  readonly precision: string | undefined
  readonly type: string | undefined
}

/** The same with its numbers known. */
type Slot = {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly type: string
}

const slot = new RegExp(
  '%(?:\\(((?:[^()]|\\([^()]*\\))*)\\))?([-+ #0]*)(\\*|\\d+)?' + '(?:\\.(\\*|\\d*))?[hlL]?(.)?',
  'suy',
)

/** Python's `template % values`; into Markup, what is filled in is escaped. */
export function formatPercent(dialect: Dialect, template: string | Markup, values: Value): string {
  const text = textOf(template) ?? ''
  const filling = new Filling(dialect, values, template instanceof Markup ? escapeText : each => each)
  let [made, from] = ['', 0]
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
    made += text.slice(from, at)
    if (text[at + 1] === 's') {
      made += filling.text()
      from = at + 2
    } else {
      slot.lastIndex = at
      const [whole = '%', ...found] = slot.exec(text) ?? []
      from = at + whole.length
      made += filling.fill(writtenAs(whole, found), text.slice(0, from))
    }
  }
  filling.end()
  return made + text.slice(from)
}

function writtenAs(
  whole: string,
  [key, flags = '', width, precision, type]: readonly (string | undefined)[],
): Written {
  return { whole, key, flags, width, precision, type }
}

/** What is left of the values. */
class Filling {
  private readonly dialect: Dialect
  private readonly values: Value
  private readonly escape: (text: string) => string
  private readonly list: readonly Value[]
  private next = 0
  private keyed = false

  constructor(dialect: Dialect, values: Value, escape: (text: string) => string) {
    this.dialect = dialect
    this.values = values
    this.escape = escape
    this.list = values instanceof Tuple ? values : [values]
  }

  /** `%s`, which nearly all are. */
  text(): string {
    return this.escape(str(this.take()))
  }

  /** `upTo`: the text to the end of what is filled, for errors. */
  fill({ whole, key, flags, width, precision, type }: Written, upTo: string): string {
    const keyed = key === undefined ? undefined : this.byKey(key)
    const wide = this.size(width) ?? 0
    const digits = this.size(precision)
    if (type === undefined) return raise('ValueError', 'incomplete format')
    if (type === '(') return raise('ValueError', 'incomplete format key')
    if (whole === '%%') return '%'
    const value = keyed === undefined ? this.take() : keyed
    if (!'diouxXeEfFgGcrsa'.includes(type))
      return raise('ValueError', unsupported(type, pointCount(upTo) - 1))
    const left = wide < 0 ? '-' : ''
    const made = {
      flags: flags + left,
      width: Math.abs(wide),
      precision: digits && Math.max(0, digits),
      type,
    }
    return converted(value, made, this.escape)
  }

  private byKey(key: string): Value {
    const { values } = this
    if (!takesKeys(values)) return raise('TypeError', 'format requires a mapping')
    this.keyed = true
    // After a key, no value is taken by its place any more.
    this.next = this.list.length
    const value = itemAt(values, key)
    return value === undefined ? raise('KeyError', quote(key)) : value
  }

  private take(): Value {
    const value = this.list[this.next++]
    return value === undefined ? raise('TypeError', 'not enough arguments for format string') : value
  }

  private size(written: string | undefined): number | undefined {
    if (written === undefined) return undefined
    const size = written === '*' ? this.take() : Number(written)
    if (typeof size !== 'number') return raise('TypeError', '* wants int')
    const { textCharsMax } = this.dialect.limits
    return Math.abs(size) > textCharsMax ? tooLarge('a text', textCharsMax) : size
  }

  end(): void {
    const { values, list, next, keyed } = this
    if (next < list.length && !keyed && !takesKeys(values))
      raise('TypeError', 'not all arguments converted during string formatting')
  }
}

function itemAt(values: Value, key: string): Value | undefined {
  if (values instanceof Undefined) return memberOf(values, key)
  if (values instanceof Dict) return values.get(key)
  if (Array.isArray(values) || values instanceof Range)
    return raise('TypeError', `${typeName(values)} indices must be integers or slices, not str`)
  return isHost(values) ? values[HOST].item?.(values as never, key) : undefined
}

/** Python lets anything with `[…]` be a mapping here, but not a tuple or a text. */
function takesKeys(values: Value): boolean {
  if (values instanceof Undefined || values instanceof Range || isMapping(values)) return true
  if (Array.isArray(values)) return !(values instanceof Tuple)
  return isHost(values) && values[HOST].item !== undefined
}

function unsupported(type: string, place: number): string {
  const code = (type.codePointAt(0) ?? 0).toString(16)
  const shown = /^[ -~]$/.test(type) ? type : '?'
  return `unsupported format character '${shown}' (0x${code}) at index ${place}`
}

function converted(value: Value, made: Slot, escape: (text: string) => string): string {
  const { type } = made
  if (type === 's') return aligned(cut(escape(str(value)), made), made)
  if (type === 'r') return aligned(cut(escape(repr(value)), made), made)
  if (type === 'a') return aligned(cut(escape(ascii(value)), made), made)
  if (type === 'c') return aligned(character(value), made)
  return 'eEfFgG'.includes(type) ? float(value, made) : integer(value, made)
}

function cut(text: string, { precision }: Slot): string {
  return precision === undefined ? text : slicePoints(text, 0, precision)
}

function aligned(text: string, { flags, width }: Slot): string {
  const missing = Math.max(0, width - pointCount(text))
  return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text
}

function character(value: Value): string {
  const text = textOf(value)
  if (text !== undefined)
    return points(text).length === 1 ? text : raise('TypeError', '%c requires int or char')
  const int = intOf(value)
  if (int === undefined) return raise('TypeError', '%c requires int or char')
  return characterOf(int, '%c arg not in range(0x110000)')
}

function integer(value: Value, made: Slot): string {
  const { type, flags, precision } = made
  const int = integerOf(value, type)
  const base = type === 'o' ? 8 : type === 'x' || type === 'X' ? 16 : 10
  const digits = (int < 0 ? -int : int).toString(base).padStart(precision ?? 0, '0')
  const mark = flags.includes('#') && base !== 10 ? `0${type}` : ''
  return numbered({ negative: int < 0, mark, digits: type === 'X' ? digits.toUpperCase() : digits }, made)
}

function integerOf(value: Value, type: string): Int {
  const int = intOf(value)
  if (int !== undefined) return int
  if (type === 'd' || type === 'i' || type === 'u') {
    if (value instanceof Undefined) return failUndefined(value)
    const double = value instanceof Float ? value.value : floatOf(value)
    if (double !== undefined) return intFrom(double)
    return raise('TypeError', `%${type} format: a real number is required, not ${typeName(value)}`)
  }
  return raise('TypeError', `%${type} format: an integer is required, not ${typeName(value)}`)
}

function intFrom(double: number): Int {
  if (Number.isNaN(double)) return raise('ValueError', 'cannot convert float NaN to integer')
  if (!Number.isFinite(double)) return raise('OverflowError', 'cannot convert float infinity to integer')
  return intOfFloat(Math.trunc(double))
}

function float(value: Value, made: Slot): string {
  if (value instanceof Undefined) return failUndefined(value)
  const double = floatOf(value) ?? raise('TypeError', `must be real number, not ${typeName(value)}`)
  const { type, flags, precision } = made
  const size = Math.abs(double)
  const digits = Number.isFinite(size)
    ? digitsOf(size, { type, precision, alternate: flags.includes('#') })
    : Number.isNaN(size)
      ? 'nan'
      : 'inf'
  const negative = double < 0 || Object.is(double, -0)
  return numbered({ negative, mark: '', digits: /[EFG]/.test(type) ? digits.toUpperCase() : digits }, made)
}

type Digits = { readonly negative: boolean; readonly mark: string; readonly digits: string }

function numbered({ negative, mark, digits }: Digits, made: Slot): string {
  const { flags, width } = made
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const head = sign + mark
  if (flags.includes('0') && !flags.includes('-')) return head + digits.padStart(width - head.length, '0')
  return aligned(head + digits, made)
}
