import {
  callable,
  Dict,
  type Callable,
  Float,
  HOST,
  type Host,
  type HostType,
  raise,
  textOf,
  tupleOf,
  typeName,
  type Value,
} from '../../jinja/index.ts'
import { hostType } from '../context/host.ts'
import { builtinClass } from './builtin.ts'
import { after, findAll, findIter, first, Pattern, replace, split } from './re/pattern.ts'
import { flag } from './re/tree.ts'

/** How many patterns are kept compiled, as Python does. */
const patternsMax = 512

/** `modules.re`, with the names that Python's `re` exports. */
export function reModule(): Dict {
  const patterns = new Map<string, Pattern>()
  const compiled = (pattern: Value, flags: Value): Pattern => {
    const bits = flagsOf(flags)
    if (pattern instanceof Pattern) {
      if (bits !== 0) return raise('ValueError', 'cannot process flags argument with a compiled pattern')
      return pattern
    }
    const text = textOf(pattern) ?? raise('TypeError', 'first argument must be string or compiled pattern')
    const key = `${bits} ${text}`
    const made = patterns.get(key) ?? new Pattern(text, bits)
    if (patterns.size >= patternsMax) patterns.clear()
    patterns.set(key, made)
    return made
  }
  return Dict.of([...searches(compiled), ...replacements(compiled), ...others(compiled), ...flags()])
}

type Compile = (pattern: Value, flags: Value) => Pattern
type Entry = readonly [name: string, value: Value]

const whole = { pos: 0, endpos: Number.MAX_SAFE_INTEGER }

function searches(compiled: Compile): readonly Entry[] {
  const of = (name: string, how: 'match' | 'full' | 'search'): Entry => [
    name,
    callable(name, 'pattern, string, flags=0', ([pattern, text, bits]) =>
      first(compiled(pattern, bits), text, { how, ...whole }),
    ),
  ]
  return [
    of('match', 'match'),
    of('fullmatch', 'full'),
    of('search', 'search'),
    [
      'findall',
      callable('findall', 'pattern, string, flags=0', ([pattern, text, bits]) =>
        findAll(compiled(pattern, bits), text),
      ),
    ],
    [
      'finditer',
      callable('finditer', 'pattern, string, flags=0', ([pattern, text, bits]) =>
        findIter(compiled(pattern, bits), text),
      ),
    ],
    [
      'split',
      callable('split', 'pattern, string, maxsplit=0, flags=0', ([pattern, text, max, bits]) =>
        split(compiled(pattern, bits), text, max),
      ),
    ],
  ]
}

function replacements(compiled: Compile): readonly Entry[] {
  const parameters = 'pattern, repl, string, count=0, flags=0'
  return [
    [
      'sub',
      callable('sub', parameters, ([pattern, replacement, text, count, bits]) =>
        after(replace(compiled(pattern, bits), { replacement, text, count }), made => made.text),
      ),
    ],
    [
      'subn',
      callable('subn', parameters, ([pattern, replacement, text, count, bits]) =>
        after<{ text: string; count: number }, Value>(
          replace(compiled(pattern, bits), { replacement, text, count }),
          made => tupleOf([made.text, made.count]),
        ),
      ),
    ],
  ]
}

function others(compiled: Compile): readonly Entry[] {
  const compile = (name: string): Callable =>
    callable(name, 'pattern, flags=0', ([pattern, bits]) => compiled(pattern, bits))
  return [
    ['compile', compile('compile')],
    ['template', compile('template')],
    ['purge', callable('purge', '', () => null)],
    ['escape', callable('escape', 'pattern', ([pattern]) => escaped(pattern))],
    ['error', classNamed('re.error')],
    ['Pattern', classNamed('re.Pattern')],
    ['Match', classNamed('re.Match')],
  ]
}

function classNamed(name: string): Value {
  const make = () => raise('TypeError', `cannot create '${name}' instances`)
  return builtinClass({ name, parameters: '*args, **kwargs', make })
}

const special = /[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g

function escaped(pattern: Value): string {
  const text = textOf(pattern)
  if (text !== undefined) return text.replace(special, '\\$&')
  return raise('TypeError', `decoding to str: need a bytes-like object, ${typeName(pattern)} found`)
}

/** A flag of Python's: a number with a name. */
class Flag implements Host {
  readonly name: string
  readonly bits: number
  readonly [HOST]: HostType<Flag> = flagType
  constructor(name: string, bits: number) {
    this.name = name
    this.bits = bits
  }
}

function bitsOf(value: Value): number | undefined {
  if (value instanceof Flag) return value.bits
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined
}

function flagsOf(value: Value): number {
  return (
    bitsOf(value) ?? raise('TypeError', `'${typeName(value)}' object cannot be interpreted as an integer`)
  )
}

function operate(operator: string, left: Value, right: Value): Value | undefined {
  const [a, b] = [bitsOf(left), bitsOf(right)]
  if (a === undefined || b === undefined) return undefined
  if (operator === '+') return a + b
  if (operator === '-') return a - b
  return operator === '*' ? a * b : operator === '/' ? new Float(a / b) : undefined
}

const flagType: HostType<Flag> = hostType<Flag>(
  're.RegexFlag',
  { fields: { name: ({ name }) => name, value: ({ bits }) => bits } },
  {
    repr: ({ name }) => `re.${name}`,
    truth: ({ bits }) => bits !== 0,
    equal: ({ bits }, other) => bitsOf(other) === bits,
    key: ({ bits }) => bits,
    number: ({ bits }) => bits,
    is: ['number'],
    compare: ({ bits }, other) => {
      const others = bitsOf(other)
      return others === undefined ? undefined : bits - others
    },
    operate,
  },
)

function flags(): readonly Entry[] {
  const named = {
    ASCII: flag.A,
    IGNORECASE: flag.I,
    LOCALE: flag.L,
    MULTILINE: flag.M,
    DOTALL: flag.S,
    VERBOSE: flag.X,
    UNICODE: flag.U,
    NOFLAG: 0,
  }
  const letters = {
    A: 'ASCII',
    I: 'IGNORECASE',
    L: 'LOCALE',
    M: 'MULTILINE',
    S: 'DOTALL',
    X: 'VERBOSE',
    U: 'UNICODE',
  }
  const all = new Map(Object.entries(named).map(([name, bits]) => [name, new Flag(name, bits)]))
  return [
    ...all,
    ...Object.entries(letters).map(([letter, name]): Entry => [letter, all.get(name) ?? null]),
    ['RegexFlag', classNamed('re.RegexFlag')],
  ]
}
