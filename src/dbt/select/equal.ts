import { Float } from '../../jinja/index.ts'
import { YamlDate } from '../yaml.ts'

/**
 * Whether two values say the same: in any order of keys, `1` as `1.0`, a key that is not there as one that
 * is null.
 */
export function equal(a: unknown, b: unknown): boolean {
  const [x, y] = [plain(a), plain(b)]
  if (Object.is(x, y)) return true
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false
  if (Array.isArray(x) || Array.isArray(y))
    return (
      Array.isArray(x) && Array.isArray(y) && x.length === y.length && x.every((each, i) => equal(each, y[i]))
    )
  const [p, q] = [entriesOf(x), entriesOf(y)]
  return [...p.keys(), ...q.keys()].every(key => equal(p.get(key), q.get(key)))
}

function plain(value: unknown): unknown {
  if (value instanceof Float) return value.value
  if (value instanceof YamlDate) return value.iso
  if (typeof value === 'bigint') return Number(value)
  return value === undefined ? null : value
}

/** Keys that are no texts are texts in JSON. */
function entriesOf(value: object): ReadonlyMap<string, unknown> {
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return new Map(entries.map(([key, each]) => [String(plain(key)), each]))
}

/** A date and the moment it begins are one. */
export function momentOf(date: unknown): number | undefined {
  const ms = date === null || date === undefined ? Number.NaN : Date.parse(String(date))
  return Number.isNaN(ms) ? undefined : ms
}
