import { Float, repr } from '../../jinja/index.ts'

/**
 * What resources hold, as JSON: floats keep their point (`1.0`), whole numbers of any size are exact, keys
 * that are no texts become texts, what is undefined is left out.
 */
export function jsonText(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return JSON.stringify(value)
  if (value instanceof Float) return Number.isFinite(value.value) ? repr(value) : 'null'
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`
  if (value instanceof Map) return objectText(value)
  if (Object.getPrototypeOf(value) === Object.prototype) return objectText(Object.entries(value))
  return JSON.stringify(value)
}

function objectText(entries: Iterable<readonly [unknown, unknown]>): string {
  const parts: string[] = []
  for (const [key, value] of entries)
    if (value !== undefined) parts.push(`${JSON.stringify(keyText(key))}: ${jsonText(value)}`)
  return `{${parts.join(', ')}}`
}

function keyText(key: unknown): string {
  return typeof key === 'string' ? key : jsonText(key).replaceAll('"', '')
}
