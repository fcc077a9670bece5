import { Dict, Float, PySet, str, Undefined, type Value } from '../../jinja/index.ts'
import type { Yaml, YamlObject } from '../yaml.ts'

const looksLikeIndex = /^(?:0|[1-9]\d*)$/

/** What a template made, as resources hold it. */
export function fromValue(value: Value): Yaml {
  if (value === null || typeof value !== 'object') return value as Yaml
  if (value instanceof Float) return value
  if (Array.isArray(value)) return Array.from(value, fromValue)
  if (value instanceof Dict) return fromDict(value)
  if (value instanceof PySet) return Array.from(value, fromValue)
  if (value instanceof Undefined) return null
  return str(value)
}

function fromDict(dict: Dict): Yaml {
  const entries = [...dict.entries()]
  const named = entries.every(
    ([key]) => typeof key === 'string' && key !== '__proto__' && !looksLikeIndex.test(key),
  )
  if (!named) return new Map(entries.map(([key, item]) => [fromValue(key), fromValue(item)]))
  const made: YamlObject = {}
  for (const [key, item] of entries) made[key as string] = fromValue(item)
  return made
}
