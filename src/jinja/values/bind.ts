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
  const values: (Value | undefined)[] = positional.slice(0, declared.positional)
  while (values.length < parameters.length) values.push(undefined)
  const rest = named === undefined ? new Dict() : bindNamed(declared, values, named)
  if (positional.length > declared.positional && !varargs)
    return raise('TypeError', tooMany(declared, positional.length))
  for (let i = 0; i < parameters.length; i++) {
    if (values[i] === undefined) values[i] = parameters[i]?.initial
    if (values[i] === undefined) return raise('TypeError', lacking(declared, values))
  }
  if (varargs) values.push(tupleOf(positional.slice(declared.positional)))
  if (kwargs) values.push(rest)
  return values as unknown as Arguments
}

/** Named arguments into their places; what no parameter is called is the rest. */
function bindNamed(declared: Signature, values: (Value | undefined)[], named: Named): Dict {
  const { parameters, positionalOnly, kwargs } = declared
  const rest = new Dict()
  for (const [name, value] of named) {
    let index = positionalOnly
    while (index < parameters.length && parameters[index]?.name !== name) index++
    if (index < parameters.length && values[index] !== undefined)
      return raise('TypeError', `${declared.name}() got multiple values for argument '${name}'`)
    if (index < parameters.length) values[index] = value
    else if (kwargs) rest.set(name, value)
    else return raise('TypeError', unexpected(declared, name))
  }
  return rest
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
  if (positional.length === parameters.length && !kwargs) return positional as unknown as Arguments
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

function lacking(
  { name, parameters, positional }: Signature,
  values: readonly (Value | undefined)[],
): string {
  const missing = parameters.filter(({ initial }, i) => values[i] === undefined && initial === undefined)
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
