import { Dict } from './dict.ts'
import { CALL, type Callable, Float, type Named, type Value } from './model.ts'
import { raise } from './raise.ts'
import { tupleOf } from './tuple.ts'

/**
 * What a call hands to a function: its parameters in order, defaults filled in, then `*args` as a Tuple and
 * `**kwargs` as a Dict. As a tuple type, so that `([name, separator]) => …` may take them apart.
 */
export type Arguments = readonly [Value, Value, Value, Value, Value, Value, Value, Value, Value, Value]

/** A function's parameters, as Python's `def` declares them. */
export type Signature = {
  /** What errors call it. */
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** How many may be given by position. */
  readonly positional: number
  /** How many may not be given by name. */
  readonly positionalOnly: number
  readonly varargs: boolean
  readonly kwargs: boolean
}

/** `initial` is the default; JavaScript's undefined: it must be given. */
type Parameter = { readonly name: string; readonly initial: Value | undefined }

/**
 * A signature in Python's own words, with literals for defaults.
 * @example signature('get_relation', 'database, schema, identifier, needs=None, *, strict=False, **kwargs')
 */
export function signature(name: string, text: string): Signature {
  const parameters: Parameter[] = []
  const seen = { varargs: false, kwargs: false, positional: -1, positionalOnly: 0 }
  for (const part of text.split(/,\s*(?=(?:[^']*'[^']*')*[^']*$)/).filter(Boolean)) {
    const [declared = '', initial] = part.split(/=(.*)/s, 2)
    if (declared === '/') seen.positionalOnly = parameters.length
    else if (declared.startsWith('**')) seen.kwargs = true
    else if (declared.startsWith('*')) {
      seen.varargs = declared !== '*'
      seen.positional = parameters.length
    } else parameters.push({ name: declared, initial: initial === undefined ? undefined : literal(initial) })
  }
  const positional = seen.positional < 0 ? parameters.length : seen.positional
  return { ...seen, name, parameters, positional }
}

const words = new Map<string, Value>([
  ['None', null],
  ['True', true],
  ['False', false],
])

function literal(text: string): Value {
  const word = words.get(text)
  if (word !== undefined) return word
  if (/^'.*'$/s.test(text)) return text.slice(1, -1)
  return text.includes('.') ? new Float(Number(text)) : Number(text)
}

/**
 * A function of the host, as a template calls it.
 * @example callable('round_up', 'value, digits=0', ([value, digits]) => …)
 */
export function callable(
  name: string,
  parameters: string,
  run: (values: Arguments) => Value | Promise<Value>,
): Callable {
  const declared = signature(name, parameters)
  return { name, [CALL]: (positional, named) => run(bind(declared, positional, named)) }
}

/** Arguments in the places that the signature declares; Python's `TypeError` when they do not fit. */
export function bind(declared: Signature, positional: readonly Value[], named?: Named): Arguments {
  const usual = bindUsual(declared, positional, named)
  if (usual) return usual
  const { parameters, varargs, kwargs } = declared
  const values: (Value | undefined)[] = parameters.map((_, i) =>
    i < declared.positional ? positional[i] : undefined,
  )
  const rest = new Dict()
  for (const [name, value] of named ?? []) {
    const index = parameters.findIndex(
      (parameter, i) => parameter.name === name && i >= declared.positionalOnly,
    )
    if (index >= 0 && values[index] !== undefined)
      return raise('TypeError', `${declared.name}() got multiple values for argument '${name}'`)
    if (index >= 0) values[index] = value
    else if (kwargs) rest.set(name, value)
    else return raise('TypeError', unexpected(declared, name))
  }
  if (positional.length > declared.positional && !varargs)
    return raise('TypeError', tooMany(declared, positional.length))
  const missing = parameters.filter(({ initial }, i) => values[i] === undefined && initial === undefined)
  if (missing.length > 0) return raise('TypeError', lacking(declared, missing))
  const bound: Value[] = values.map((value, i) =>
    value === undefined ? (parameters[i]?.initial ?? null) : value,
  )
  if (varargs) bound.push(tupleOf(positional.slice(declared.positional)))
  if (kwargs) bound.push(rest)
  return bound as unknown as Arguments
}

/**
 * A call by position alone, which nearly all are, without a look at names; undefined: it is none, or it does
 * not fit.
 */
export function bindUsual(
  declared: Signature,
  positional: readonly Value[],
  named?: Named,
): Arguments | undefined {
  const { parameters, varargs, kwargs } = declared
  if (named !== undefined || varargs || positional.length > declared.positional) return undefined
  const bound: Value[] = positional.slice()
  for (let i = bound.length; i < parameters.length; i++) {
    const initial = parameters[i]?.initial
    if (initial === undefined) return undefined
    bound.push(initial)
  }
  if (kwargs) bound.push(new Dict())
  return bound as unknown as Arguments
}

function unexpected({ name, parameters, positionalOnly }: Signature, given: string): string {
  return parameters.some((parameter, i) => parameter.name === given && i < positionalOnly)
    ? `${name}() got some positional-only arguments passed as keyword arguments: '${given}'`
    : `${name}() got an unexpected keyword argument '${given}'`
}

function tooMany({ name, parameters, positional }: Signature, given: number): string {
  const least = parameters.slice(0, positional).filter(({ initial }) => initial === undefined).length
  const takes = least === positional ? `${positional}` : `from ${least} to ${positional}`
  const plural = takes === '1' ? '' : 's'
  const were = given === 1 ? 'was' : 'were'
  return `${name}() takes ${takes} positional argument${plural} but ${given} ${were} given`
}

function lacking({ name, parameters, positional }: Signature, missing: readonly Parameter[]): string {
  const byPosition = missing.filter(each => parameters.indexOf(each) < positional)
  const [told, kind] = byPosition.length > 0 ? [byPosition, 'positional'] : [missing, 'keyword-only']
  const names = told.map(each => `'${each.name}'`)
  const plural = names.length === 1 ? '' : 's'
  return `${name}() missing ${names.length} required ${kind} argument${plural}: ${listed(names)}`
}

/** `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`. */
function listed(names: readonly string[]): string {
  if (names.length < 3) return names.join(' and ')
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`
}
