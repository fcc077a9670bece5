import { literalOf } from './literal.ts'
import { type Value, str } from './values/index.ts'

/**
 * jinja2.nativetypes: one value is itself, more are joined as texts; a text that reads as a literal of
 * Python's is that literal, and nothing is None.
 */
export function nativeJoin(values: readonly Value[]): Value {
  const [only = null] = values
  if (values.length === 1 && typeof only !== 'string') return only
  if (values.length === 0) return null
  const text = values.map(str).join('')
  const literal = literalOf(text)
  return literal === undefined ? text : literal
}
