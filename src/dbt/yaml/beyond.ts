import type { Yaml } from '../yaml.ts'
import { plain } from './plain.ts'

// Tabs before anything else in a line, a second document, directives, line ends of other kinds.
export const unusual = /^ *\t|\n(?:---|\.\.\.)(?:\s|$)|^(?:%|\.\.\.)|[\r\x85\u2028\u2029\ufeff]/m

/** Signs with which no text without quotes begins. */
export const indicators = new Set(',[]{}#&*!|>\'"%@`')

const beyond = Symbol('beyond')

/** Here stands something that the fast reader leaves to the one that knows all of YAML. */
export function refuse(): never {
  throw beyond
}

export function isBeyond(thrown: unknown): boolean {
  return thrown === beyond
}

/** Lists and mappings are no keys. */
export function keyable(value: Yaml): Yaml {
  return typeof value === 'object' && value !== null ? refuse() : value
}

/** What `<<` brings into a mapping; of several the first one wins. */
export function pairsOf(value: Yaml): [Yaml, Yaml][] {
  const all = Array.isArray(value) ? value.toReversed() : [value]
  return all.flatMap((each): [Yaml, Yaml][] => {
    if (each instanceof Map) return [...each]
    if (typeof each !== 'object' || each === null || Object.getPrototypeOf(each) !== Object.prototype)
      refuse()
    return Object.entries(each)
  })
}

/** A text without quotes. */
export function single(written: string): Yaml {
  if (written === '=' || written === '<<') refuse()
  const value = plain(written)
  return value === undefined ? refuse() : value
}
