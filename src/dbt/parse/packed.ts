import { Float } from '../../jinja/index.ts'
import { YamlDate } from '../yaml.ts'

/** What JSON would lose, and where in the tree it stands. */
type Special = readonly [
  keys: readonly (string | number)[],
  kind: 'float' | 'date' | 'map' | 'big',
  value: unknown,
]

/**
 * A tree as JSON; what JSON has no word for is told beside it, so that reading costs nothing where there is
 * none.
 */
export function packed(tree: unknown): string {
  const special: Special[] = []
  const keys: (string | number)[] = []
  const each = (key: string | number, value: unknown): unknown => {
    keys.push(key)
    const made = walk(value)
    keys.pop()
    return made
  }
  const note = (kind: Special[1], value: unknown): null => {
    special.push([[...keys], kind, value])
    return null
  }
  const walk = (value: unknown): unknown => {
    if (typeof value === 'bigint') return note('big', String(value))
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Float) return note('float', printed(value.value))
    if (value instanceof YamlDate) return note('date', value.iso)
    if (value instanceof Map)
      return note(
        'map',
        [...value].map(([key, item]) => [packed(key), packed(item)]),
      )
    if (Array.isArray(value)) return value.map((item, index) => each(index, item))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, each(name, item)]))
  }
  return JSON.stringify({ tree: walk(tree), special })
}

/** Infinity and NaN are no JSON. */
function printed(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

export function unpacked(text: string): unknown {
  const { tree, special } = JSON.parse(text) as { tree: unknown; special: Special[] }
  const root: { [key: string | number]: unknown } = { tree }
  for (const [keys, kind, value] of special) {
    let at = root
    let last: string | number = 'tree'
    for (const key of keys) {
      at = at[last] as typeof root
      last = key
    }
    at[last] = valueOf(kind, value)
  }
  return root.tree
}

function valueOf(kind: Special[1], value: unknown): unknown {
  switch (kind) {
    case 'float':
      return new Float(Number(value))
    case 'date':
      return new YamlDate(value as string)
    case 'big':
      return BigInt(value as string)
    case 'map':
      return new Map((value as [string, string][]).map(([key, item]) => [unpacked(key), unpacked(item)]))
  }
}
