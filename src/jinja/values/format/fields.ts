import type { Dialect } from '../dialect.ts'
import type { Value } from '../model.ts'
import { quote, repr, str } from '../print.ts'
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

/** Python's `template.format(…)`, by jinja2's sandboxed formatter: attributes and items are looked up as templates do. */
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
    let text = ''
    for (const piece of pieces(template)) text += typeof piece === 'string' ? piece : this.field(piece, depth)
    return text
  }

  private field({ name, conversion, specification }: Field, depth: number): string {
    const value = this.converted(this.value(this.numbered(name)), conversion)
    const spec = this.format(specification, depth - 1)
    return this.fillings.escape?.(value, spec) ?? formatValue(this.dialect, value, spec)
  }

  private numbered(name: string): string {
    const byHand = /^\d+(?=$|[.[])/.test(name)
    const isEmpty = name === '' || /^[.[]/.test(name)
    if (isEmpty) {
      if (this.automatic === false)
        return raise(
          'ValueError',
          'cannot switch from manual field specification to automatic field numbering',
        )
      return `${this.automatic++}${name}`
    }
    if (!byHand) return name
    if (this.automatic !== false && this.automatic > 0)
      return raise('ValueError', 'cannot switch from manual field specification to automatic field numbering')
    this.automatic = false
    return name
  }

  private value(name: string): Value {
    const [first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(name)?.slice(1) ?? []
    return this.path(this.first(first), rest)
  }

  private first(name: string): Value {
    const { positional, named } = this.fillings
    if (/^\d+$/.test(name))
      return (
        at(positional, Number(name)) ??
        raise('IndexError', `Replacement index ${Number(name)} out of range for positional args tuple`)
      )
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

  private converted(value: Value, conversion: string | undefined): Value {
    if (conversion === undefined) return value
    if (conversion === 's') return str(value)
    if (conversion === 'r' || conversion === 'a') return repr(value)
    return raise('ValueError', `Unknown conversion specifier ${conversion}`)
  }
}

function at(list: readonly Value[], index: number): Value | undefined {
  return list[index]
}

function or(value: Value | undefined, otherwise: () => Value): Value {
  return value === undefined ? otherwise() : value
}

/** Plain text and fields, in order. */
function* pieces(template: string): Generator<string | Field> {
  for (let at = 0; at < template.length; ) {
    const next = template.slice(at).search(/[{}]/)
    if (next < 0) return yield template.slice(at)
    if (next > 0) yield template.slice(at, at + next)
    const open = at + next
    const brace = template[open] ?? ''
    if (template[open + 1] === brace) {
      yield brace
      at = open + 2
    } else {
      if (brace === '}') return raise('ValueError', "Single '}' encountered in format string")
      const end = closing(template, open)
      yield fieldOf(template.slice(open + 1, end))
      at = end + 1
    }
  }
}

/** Where the brace that is opened here is closed. */
function closing(template: string, open: number): number {
  if (open + 1 >= template.length) return raise('ValueError', "Single '{' encountered in format string")
  let [depth, bracket] = [0, false]
  for (let at = open; at < template.length; at++) {
    const character = template[at]
    if (character === '[') bracket = true
    else if (character === ']') bracket = false
    else if (character === '{') depth++
    else if (character === '}' && !bracket && --depth === 0) return at
  }
  return raise('ValueError', "expected '}' before end of string")
}

function fieldOf(inside: string): Field {
  // A `:` or `!` within brackets belongs to the key.
  const [, name = '', rest = ''] = /^((?:[^[!:{]|\[[^\]]*\]?)*)(.*)$/s.exec(inside) ?? []
  if (rest.startsWith('{')) return raise('ValueError', "unexpected '{' in field name")
  if (!rest.startsWith('!')) return { name, conversion: undefined, specification: rest.slice(1) }
  const conversion = Array.from(rest.slice(1))[0]
  if (conversion === undefined || conversion === ':')
    return raise(
      'ValueError',
      conversion ? "expected ':' after conversion specifier" : "unmatched '{' in format spec",
    )
  const after = rest.slice(1 + conversion.length)
  if (after !== '' && !after.startsWith(':'))
    return raise('ValueError', "expected ':' after conversion specifier")
  return { name, conversion, specification: after.slice(1) }
}
