import type { Dialect } from '../dialect.ts'
import type { Value } from '../model.ts'
import { ascii, quote, repr, str } from '../print.ts'
import { raise } from '../raise.ts'
import { formatValue } from './value.ts'

/** What fills the fields of a text. */
export type Fillings = {
  readonly positional: readonly Value[]
  /** JavaScript's undefined: there is none. */
  readonly named: (name: string) => Value | undefined
  /** What becomes of each text that is filled in: Markup escapes it. */
  readonly escape?: (value: Value, specification: string) => string
}

/** Fields within specifications may hold fields once, as in CPython's `string.Formatter`. */
const depthMax = 2

/**
 * Python's `template.format(…)`, by jinja2's sandboxed formatter: attributes and items are looked up as
 * templates do.
 */
export function formatFields(dialect: Dialect, template: string, fillings: Fillings): string {
  return new Fields(dialect, fillings).format(template, depthMax)
}

type Field = {
  readonly name: string
  readonly conversion: string | undefined
  readonly specification: string
}

class Fields {
  private readonly dialect: Dialect
  private readonly fillings: Fillings
  /** Next of `{}`; false: fields are numbered by hand. */
  private automatic: number | false = 0

  constructor(dialect: Dialect, fillings: Fillings) {
    this.dialect = dialect
    this.fillings = fillings
  }

  format(template: string, depth: number): string {
    if (depth < 0) return raise('ValueError', 'Max string recursion exceeded')
    let [text, at] = ['', 0]
    for (;;) {
      const open = braceFrom(template, at)
      if (open < 0) return text + template.slice(at)
      text += template.slice(at, open)
      if (template[open + 1] === template[open]) {
        text += template[open]
        at = open + 2
      } else {
        const { field, end } = fieldAt(template, open)
        text += this.field(field, depth)
        at = end
      }
    }
  }

  private field({ name, conversion, specification }: Field, depth: number): string {
    const found = this.value(this.numbered(name))
    const value = conversion === undefined ? found : converted(found, conversion)
    const spec = specification === '' && depth > 0 ? '' : this.format(specification, depth - 1)
    return this.fillings.escape?.(value, spec) ?? formatValue(this.dialect, value, spec)
  }

  /** `{}` and `{.a}` get the number that is next. */
  private numbered(name: string): string {
    const isEmpty = name === '' || name.startsWith('.') || name.startsWith('[')
    const byHand = !isEmpty && /^\d+(?=$|[.[])/.test(name)
    if ((isEmpty && this.automatic === false) || (byHand && this.automatic !== false && this.automatic > 0))
      return raise('ValueError', 'cannot switch from manual field specification to automatic field numbering')
    if (byHand) this.automatic = false
    return isEmpty && this.automatic !== false ? `${this.automatic++}${name}` : name
  }

  private value(name: string): Value {
    const end = name.search(/[.[]/)
    return end < 0 ? this.first(name) : this.path(this.first(name.slice(0, end)), name.slice(end))
  }

  private first(name: string): Value {
    const { positional, named } = this.fillings
    if (/^\d+$/.test(name))
      return or(positional[Number(name)], () => raise('IndexError', 'tuple index out of range'))
    return or(named(name), () => raise('KeyError', quote(name)))
  }

  private path(start: Value, rest: string): Value {
    const { getattr, getitem } = this.dialect.lookup
    let value = start
    for (let left = rest; left !== ''; ) {
      const [step = '', attribute, item] = /^(?:\.([^.[]*)|\[([^\]]*)\])/s.exec(left) ?? []
      if (step === '')
        return raise(
          'ValueError',
          left.startsWith('[')
            ? "Missing ']' in format string"
            : "Only '.' or '[' may follow ']' in format field specifier",
        )
      if (attribute === '' || item === '') return raise('ValueError', 'Empty attribute in format string')
      if (attribute !== undefined) value = getattr(this.dialect, value, attribute)
      else value = getitem(this.dialect, value, /^\d+$/.test(item ?? '') ? Number(item) : (item ?? ''))
      left = left.slice(step.length)
    }
    return value
  }
}

function converted(value: Value, conversion: string): Value {
  if (conversion === 's') return str(value)
  if (conversion === 'r') return repr(value)
  if (conversion === 'a') return ascii(value)
  return raise('ValueError', `Unknown conversion specifier ${conversion}`)
}

function or(value: Value | undefined, otherwise: () => Value): Value {
  return value === undefined ? otherwise() : value
}

const brace = /[{}]/g

function braceFrom(template: string, at: number): number {
  brace.lastIndex = at
  return brace.exec(template)?.index ?? -1
}

/** Name of a field: until a `}`, `:` or `!` that is not within brackets. */
const fieldName = /(?:[^[}:!{]|\[[^\]]*\]?)*/sy

type Scanned = { readonly field: Field; readonly end: number }

/** The field that is opened here, and where the text goes on behind it. */
function fieldAt(template: string, open: number): Scanned {
  const start = open + 1
  if (template[open] === '}') return raise('ValueError', "Single '}' encountered in format string")
  if (start >= template.length) return raise('ValueError', "Single '{' encountered in format string")
  fieldName.lastIndex = start
  const name = fieldName.exec(template)?.[0] ?? ''
  const at = start + name.length
  const mark = template[at]
  if (mark === '{') return raise('ValueError', "unexpected '{' in field name")
  if (mark === '}') return { field: { name, conversion: undefined, specification: '' }, end: at + 1 }
  if (mark === undefined) return raise('ValueError', "expected '}' before end of string")
  if (mark === ':') return specified(template, at + 1, { name, conversion: undefined })
  if (at + 1 >= template.length)
    return raise('ValueError', 'end of string while looking for conversion specifier')
  const conversion = String.fromCodePoint(template.codePointAt(at + 1) ?? 0)
  const after = at + 1 + conversion.length
  if (template[after] === '}') return { field: { name, conversion, specification: '' }, end: after + 1 }
  if (after < template.length && template[after] !== ':')
    return raise('ValueError', "expected ':' after conversion specifier")
  return specified(template, after + 1, { name, conversion })
}

/** The specification that begins here, up to its own closing brace. */
function specified(template: string, start: number, named: Omit<Field, 'specification'>): Scanned {
  let depth = 1
  for (let at = start; at < template.length; at++) {
    if (template[at] === '{') depth++
    if (template[at] === '}') depth--
    if (depth === 0) return { field: { ...named, specification: template.slice(start, at) }, end: at + 1 }
  }
  return raise('ValueError', "unmatched '{' in format spec")
}
