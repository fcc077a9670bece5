import { type Value, raise } from '../values/index.ts'

/** A value that must be there already: who renders at once cannot wait. */
export function now(value: Value | Promise<Value>): Value {
  if (!(value instanceof Promise)) return value
  // Nobody will look at it any more.
  value.catch(ignore)
  return raise('RuntimeError', 'what is called here must be waited for, and this render does not wait')
}

function ignore(): undefined {
  return undefined
}
