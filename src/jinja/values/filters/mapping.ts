import { Dict } from '../dict.ts'
import { iterate } from '../iterate.ts'
import { failUndefined } from '../missing.ts'
import { HOST, type Value } from '../model.ts'
import { raise } from '../raise.ts'
import { isHost, typeName } from '../types.ts'
import { callValue } from '../call.ts'
import { now } from '../sort.ts'
import { Undefined } from '../undefined.ts'

/** `value.items()`, of a dict or of a host that has such a method. */
export function entriesOf(value: Value): (readonly [Value, Value])[] {
  if (value instanceof Dict) return Array.from(value.entries())
  if (value instanceof Undefined) return failUndefined(value)
  const items = isHost(value) ? value[HOST].attribute(value as never, 'items') : undefined
  if (items === undefined)
    return raise('AttributeError', `'${typeName(value)}' object has no attribute 'items'`)
  return Array.from(iterate(now(callValue(items, []))), pair => {
    const [key = null, item = null] = iterate(pair)
    return [key, item]
  })
}
