import { Markup } from './markup.ts'
import { Float, HOST, type Host, Tuple, type Value } from './model.ts'
import { raise } from './raise.ts'

/** What a `Map` holds in a key's place: two keys that are equal in Python have the same. */
export type HashKey = string | number | bigint | object | null

/** Before a structural key; texts that begin with it are marked, so that no text is taken for a tuple. */
const mark = '\0'

/** `1`, `1.0` and `True` are one key; tuples and hosts are keys by what they hold. */
export function hashKey(value: Value): HashKey {
  if (typeof value === 'string') return value.startsWith(mark) ? `${mark}s${value}` : value
  if (typeof value === 'number' || typeof value === 'bigint' || value === null) return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Float) return floatKey(value)
  if (value instanceof Markup) return hashKey(value.text)
  if (value instanceof Tuple) return tupleKey(value)
  return objectKey(value)
}

function floatKey(float: Float): HashKey {
  const { value } = float
  // Python: a NaN is equal to itself only by identity.
  if (Number.isNaN(value)) return float
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value + 0
}

function tupleKey(tuple: Tuple): HashKey {
  let key = `${mark}(`
  for (const item of tuple) {
    const part = hashKey(item)
    // A tuple that holds an object without a key of its own is found by identity.
    if (typeof part === 'object' && part !== null) return tuple
    key += typeof part === 'string' ? `${part.length}:${part},` : `${String(part)},`
  }
  return `${key})`
}

function objectKey(value: Exclude<Value, string | number | bigint | null | boolean>): HashKey {
  if (Array.isArray(value)) return raise('TypeError', "unhashable type: 'list'")
  if ('unhashable' in value) return raise('TypeError', `unhashable type: '${value.unhashable}'`)
  if ('kind' in value && 'missing' in value) {
    value.kind.equal?.(value, value)
    return value.kind
  }
  if (HOST in value) {
    const type = (value as Host)[HOST]
    const key = type.key === undefined ? value : type.key(value as never)
    return typeof key === 'string' ? `${mark}h${type.name} ${key}` : key
  }
  return value
}
