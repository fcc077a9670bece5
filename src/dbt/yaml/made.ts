import { Float } from '../../jinja/index.ts'
import type { Yaml, YamlMap, YamlObject } from '../yaml.ts'

const looksLikeIndex = /^(?:0|[1-9]\d*)$/

/**
 * A mapping of its pairs: an object where every key is a name; of keys that are the same the last value
 * wins.
 */
export function madeOf(pairs: readonly (readonly [Yaml, Yaml])[]): YamlObject | YamlMap {
  const named: YamlObject = {}
  for (const [key, item] of pairs) {
    if (typeof key !== 'string' || key === '__proto__' || looksLikeIndex.test(key)) return mapOf(pairs)
    named[key] = item
  }
  return named
}

function mapOf(pairs: readonly (readonly [Yaml, Yaml])[]): YamlMap {
  const map: YamlMap = new Map()
  const keys = new Map<string, Yaml>()
  for (const [key, item] of pairs) {
    const name = typeof key === 'string' ? `text ${key}` : String(numberOf(key) ?? key)
    const first = keys.get(name) ?? key
    keys.set(name, first)
    map.set(first, item)
  }
  return map
}

/** True is one, and one is 1.0. */
function numberOf(key: Yaml): number | undefined {
  if (key instanceof Float) return key.value
  return typeof key === 'boolean' || typeof key === 'number' ? Number(key) : undefined
}
