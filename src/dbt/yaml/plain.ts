import { Float } from '../../jinja/index.ts'

/** A single value, which is no mapping and no list. */
export type Single = null | boolean | number | bigint | string | Float | YamlDate

/** A day, or a moment: `2026-01-31`, `2026-01-31T10:00:00+00:00`. */
export class YamlDate {
  readonly iso: string
  constructor(iso: string) {
    this.iso = iso
  }
  /** As Python's `str`. */
  toString(): string {
    return this.iso.replace('T', ' ')
  }
  toJSON(): string {
    return this.iso
  }
}

function whole(...patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`)
}

// The patterns are those of PyYAML's resolver, in its order.
const booleans = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/
const floats = whole(
  '[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+][0-9]+)?',
  '\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?',
  '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*',
  '[-+]?\\.(?:inf|Inf|INF)',
  '\\.(?:nan|NaN|NAN)',
)
const ints = whole(
  '[-+]?0b[0-1_]+',
  '[-+]?0[0-7_]+',
  '[-+]?(?:0|[1-9][0-9_]*)',
  '[-+]?0x[0-9a-fA-F_]+',
  '[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+',
)
const nulls = /^(?:~|null|Null|NULL|)$/
const days = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const moments = whole(
  '([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \\t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]*))?' +
    '(?:[ \\t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?',
)
const mayBeMore = /^[-+.0-9yYnNtTfFoO~=]|^$/

/** Whether a text without quotes would be read as the text it is. */
export function isPlainText(text: string): boolean {
  return (
    ![booleans, floats, ints, nulls, days, moments].some(pattern => pattern.test(text)) &&
    text !== '=' &&
    text !== '<<'
  )
}

/** A text without quotes; undefined: it looks like a day, and there is no such day. */
export function plain(text: string): Single | undefined {
  if (!mayBeMore.test(text)) return text
  if (booleans.test(text)) return /^(?:y|t|on)/i.test(text)
  if (floats.test(text)) return new Float(float(text))
  if (ints.test(text)) return int(text)
  if (nulls.test(text)) return null
  if (days.test(text)) return day(text)
  if (moments.test(text)) return moment(text)
  return text
}

function float(text: string): number {
  const [sign, digits] = signed(text.replaceAll('_', '').toLowerCase())
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY
  if (digits === '.nan') return Number.NaN
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number.parseFloat(digits))
}

function int(text: string): number | bigint {
  const [sign, digits] = signed(text.replaceAll('_', ''))
  if (digits.includes(':')) return sign * sexagesimal(digits)
  const octal = /^0[0-7]+$/.test(digits)
  const big = BigInt(sign) * BigInt(octal ? `0o${digits}` : digits)
  return big >= Number.MIN_SAFE_INTEGER && big <= Number.MAX_SAFE_INTEGER ? Number(big) : big
}

function signed(text: string): [sign: 1 | -1, digits: string] {
  return text.startsWith('-') ? [-1, text.slice(1)] : [1, text.replace('+', '')]
}

/** `1:30:00`: each part counts sixty of the next. */
function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number.parseFloat(part), 0)
}

function day(text: string): YamlDate | undefined {
  return isDay(text) ? new YamlDate(text) : undefined
}

function isDay(text: string): boolean {
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number)
  const days = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return year >= 1 && date >= 1 && date <= days
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function moment(text: string): YamlDate | undefined {
  const [, year = '', month = '', date = '', hour = '', minute = '', second = '', fraction = '', ...zone] =
    moments.exec(text) ?? []
  const on = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
  if (!isDay(on) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const part = Number(micros) === 0 ? '' : `.${micros}`
  return new YamlDate(`${on}T${hour.padStart(2, '0')}:${minute}:${second}${part}${zoneOf(zone)}`)
}

function zoneOf([written, sign = '', hours = '', minutes = '00']: readonly (string | undefined)[]): string {
  if (written === undefined) return ''
  return written === 'Z' ? '+00:00' : `${sign}${hours.padStart(2, '0')}:${minutes}`
}

/** Values with a tag. */
export const explicit: ReadonlyMap<string, (text: string) => Single | undefined> = new Map<
  string,
  (text: string) => Single | undefined
>([
  ['tag:yaml.org,2002:str', text => text],
  ['tag:yaml.org,2002:null', () => null],
  ['tag:yaml.org,2002:bool', text => (booleans.test(text) ? /^(?:y|t|on)/i.test(text) : undefined)],
  ['tag:yaml.org,2002:int', text => (ints.test(text) ? int(text) : undefined)],
  [
    'tag:yaml.org,2002:float',
    text => (floats.test(text) || ints.test(text) ? new Float(float(text)) : undefined),
  ],
])
