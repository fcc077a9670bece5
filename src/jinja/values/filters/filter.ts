import { type Arguments, bind, bindUsual, signature } from '../bind.ts'
import type { Dialect, Filter } from '../dialect.ts'
import type { Value } from '../model.ts'
import { raise } from '../raise.ts'
import { Undefined } from '../undefined.ts'

export type Run = (values: Arguments, dialect: Dialect) => Value

/** What jinja2 hands to a filter before its value; errors count it. */
const handed = /^(environment|env|context|eval_ctx)$/

/**
 * A filter, with the name and the parameters that errors tell.
 * @example filter('do_trim', 'value, chars=None', ([value, chars]) => …)
 */
export function filter(name: string, parameters: string, run: Run): Filter {
  const declared = signature(name, parameters)
  const isHanded = handed.test(declared.parameters[0]?.name ?? '')
  const seen = isHanded ? signature(name, parameters.replace(/^\w+, /, '')) : declared
  return (dialect, values, named) => {
    const usual = bindUsual(seen, values, named)
    if (usual) return run(usual, dialect)
    if (!isHanded) return run(bind(declared, values, named), dialect)
    const bound = bind(declared, [null, ...values], named)
    return run(bound.slice(1) as unknown as Arguments, dialect)
  }
}

/** A filter that is one of Python's own functions of one value: `len`, `abs`. */
export function builtin(name: string, run: (value: Value) => Value): Filter {
  return (_, values, named) => {
    if (named !== undefined && named.size > 0)
      return raise('TypeError', `${name}() takes no keyword arguments`)
    if (values.length !== 1)
      return raise('TypeError', `${name}() takes exactly one argument (${values.length} given)`)
    return run(values[0] as Value)
  }
}

/** A missing value with a sentence of its own. */
export function absent(dialect: Dialect, hint: string): Undefined {
  return new Undefined(dialect.undefined, { hint })
}
