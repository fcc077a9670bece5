import {
  type Arguments,
  CALL,
  type Callable,
  type HostType,
  type Named,
  raise,
  type Signature,
  signature,
  tupleOf,
  Dict,
  type Value,
} from '../../jinja/index.ts'

/** A method: its parameters in Python's words, and what it does. */
type Method<Self> = readonly [
  parameters: string,
  run: (self: Self, values: Arguments) => Value | Promise<Value>,
]

type Members<Self> = {
  readonly fields?: { readonly [name: string]: (self: Self) => Value }
  readonly methods?: { readonly [name: string]: Method<Self> }
}

/** How an object of a class of C's looks to templates: as `hostType`, with the words of C's calls. */
export function builtinType<Self>(
  name: string,
  { fields = {}, methods = {} }: Members<Self>,
  more: Omit<HostType<Self>, 'name' | 'attribute' | 'isBuiltin'> = {},
): HostType<Self> {
  const read = new Map(Object.entries(fields))
  const short = name.slice(name.indexOf('.') + 1)
  const call = new Map(
    Object.entries(methods).map(([method, [parameters, run]]) => [
      method,
      { declared: signature(parameters === '' ? `${short}.${method}` : method, parameters), run },
    ]),
  )
  const attribute = (self: Self, wanted: string): Value | undefined => {
    const field = read.get(wanted)
    if (field) return field(self)
    const method = call.get(wanted)
    return method && builtin(method.declared, values => method.run(self, values), wanted)
  }
  return { name, attribute, isBuiltin: true, ...more }
}

function builtin(
  declared: Signature,
  run: (values: Arguments) => Value | Promise<Value>,
  name: string,
): Callable {
  return {
    name,
    type: 'builtin_function_or_method',
    [CALL]: (positional, named) => run(bindBuiltin(declared, positional, named)),
  }
}

/** A function of C's. */
export function builtinFunction(
  name: string,
  parameters: string,
  run: (values: Arguments) => Value | Promise<Value>,
): Callable {
  return builtin(signature(name, parameters), run, name)
}

/** A class: called, it makes an object; its attributes are what can be asked of the class itself. */
export type BuiltinClass = {
  /** With its module: `datetime.date`. */
  readonly name: string
  /** What errors of its constructor call it; absent: `function`, as for most classes of C. */
  readonly called?: string
  readonly parameters: string
  readonly make: (values: Arguments) => Value
  readonly constants?: { readonly [name: string]: () => Value }
  readonly functions?: { readonly [name: string]: readonly [string, (values: Arguments) => Value] }
}

/** A class as a value of templates. */
export function builtinClass(described: BuiltinClass): Callable {
  const { name, called = '', parameters, make, constants = {}, functions = {} } = described
  const declared = signature(called, parameters)
  const short = name.slice(name.indexOf('.') + 1)
  const values = new Map(Object.entries(constants))
  const calls = new Map(
    Object.entries(functions).map(([each, [taken, run]]) => [
      each,
      builtin(signature(/^(\w+, \/)?$/.test(taken) ? `${short}.${each}` : each, taken), run, each),
    ]),
  )
  return {
    name,
    type: 'type',
    [CALL]: (positional, named) => make(bindBuiltin(declared, positional, named)),
    attribute: wanted => values.get(wanted)?.() ?? calls.get(wanted),
  }
}

/**
 * Arguments in the places that the signature declares, with the words of C's own argument parser
 * (`getargs.c`).
 */
function bindBuiltin(declared: Signature, positional: readonly Value[], named?: Named): Arguments {
  const { parameters, varargs, kwargs } = declared
  checkCount(declared, positional.length, named?.size ?? 0)
  const values = parameters.map((_, i) => (i < declared.positional ? positional[i] : undefined))
  const rest = new Dict()
  for (const [name, value] of named ?? []) {
    const index = parameters.findIndex((each, i) => each.name === name && i >= declared.positionalOnly)
    if (index < 0 && kwargs) rest.set(name, value)
    else if (index < 0) checkComplete(declared, values, name)
    else if (values[index] !== undefined) raise('TypeError', twice(declared, name, index))
    else values[index] = value
  }
  checkComplete(declared, values)
  const bound = values.map((value, i) => (value === undefined ? (parameters[i]?.initial ?? null) : value))
  if (varargs) bound.push(tupleOf(positional.slice(declared.positional)))
  if (kwargs) bound.push(rest)
  return bound as unknown as Arguments
}

function checkCount(declared: Signature, positional: number, named: number): void {
  const { name, parameters, varargs, kwargs } = declared
  const given = positional + named
  if (parameters.length === 0 && !varargs && !kwargs && given > 0) {
    if (named > 0) raise('TypeError', `${name}() takes no keyword arguments`)
    raise('TypeError', `${name}() takes no arguments (${given} given)`)
  }
  const isFixed =
    declared.positionalOnly === parameters.length && parameters.every(each => each.initial === undefined)
  if (isFixed && !varargs && parameters.length > 0 && (positional !== parameters.length || named > 0))
    raise('TypeError', fixedWords(declared, positional, named))
  const isAll = given > parameters.length && !kwargs
  const max = isAll ? parameters.length : declared.positional
  if (varargs || (isAll ? given : positional) <= max) return
  const least = parameters.filter(({ initial }) => initial === undefined).length
  const bound = least === parameters.length && name !== '' ? 'exactly' : 'at most'
  const kind = isAll ? '' : 'positional '
  const told = `${max} ${kind}argument${max === 1 ? '' : 's'} (${isAll ? given : positional} given)`
  raise('TypeError', `${label(name)} takes ${bound} ${told}`)
}

/** Of a function whose parameters have no names. */
function fixedWords({ name, parameters: { length } }: Signature, positional: number, named: number): string {
  if (named > 0) return `${name}() takes no keyword arguments`
  const wanted = length === 1 ? 'one argument' : `${length} arguments`
  return `${name}() takes exactly ${wanted} (${positional} given)`
}

/** What is missing comes first; then the name that is none of the parameters. */
function checkComplete(declared: Signature, values: readonly (Value | undefined)[], unknown?: string): void {
  const { name, parameters } = declared
  const missing = parameters.findIndex(({ initial }, i) => values[i] === undefined && initial === undefined)
  if (missing >= 0)
    raise(
      'TypeError',
      `${label(name)} missing required argument '${parameters[missing]?.name}' (pos ${missing + 1})`,
    )
  if (unknown !== undefined)
    raise(
      'TypeError',
      `'${unknown}' is an invalid keyword argument for ${name === '' ? 'this function' : `${name}()`}`,
    )
}

function twice({ name }: Signature, given: string, index: number): string {
  return `argument for ${label(name)} given by name ('${given}') and position (${index + 1})`
}

function label(name: string): string {
  return name === '' ? 'function' : `${name}()`
}
