import { isObject, type Yaml, type YamlObject } from '../yaml.ts'

/** Where a value stands in a tree: names of mappings, places in lists. */
export type Keys = readonly (string | number)[]

/** The same tree with every single value replaced; containers are made anew. */
export function mapTree(tree: Yaml, replace: (value: Yaml, keys: Keys) => Yaml, keys: Keys = []): Yaml {
  if (Array.isArray(tree)) return tree.map((item, index) => mapTree(item, replace, [...keys, index]))
  if (tree instanceof Map)
    return new Map([...tree].map(([key, item]) => [key, mapTree(item, replace, [...keys, String(key)])]))
  if (!isObject(tree)) return replace(tree, keys)
  const made: YamlObject = {}
  for (const name in tree) made[name] = mapTree(tree[name] as Yaml, replace, [...keys, name])
  return made
}

/** What a mapping has by a name; undefined: nothing, or it is no mapping. */
export function itemOf(tree: Yaml | undefined, name: string): Yaml | undefined {
  if (tree instanceof Map) return tree.get(name)
  return isObject(tree) && Object.hasOwn(tree, name) ? tree[name] : undefined
}

/** Names and values of a mapping; keys that are no text are left out. */
export function entriesOf(tree: Yaml | undefined): readonly (readonly [name: string, value: Yaml])[] {
  if (tree instanceof Map)
    return [...tree].flatMap(([key, value]) => (typeof key === 'string' ? [[key, value] as const] : []))
  return isObject(tree) ? Object.entries(tree) : []
}

export function isMapping(tree: Yaml | undefined): tree is YamlObject | Map<Yaml, Yaml> {
  return tree instanceof Map || isObject(tree)
}

/** A list, whatever was written: nothing is empty, a single value stands alone. */
export function listOf(tree: Yaml | undefined): readonly Yaml[] {
  if (tree === undefined || tree === null) return []
  return Array.isArray(tree) ? tree : [tree]
}

/** The texts of a list; a single text stands alone. */
export function textsOf(tree: Yaml | undefined): readonly string[] {
  return listOf(tree).map(String)
}
