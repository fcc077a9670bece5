import type { RowObject } from './batch.ts'

/**
 * Rows as lines of JSON, exact as values.ts says: every digit of a bigint as a JSON number, a Date as ISO
 * 8601 in UTC, bytes as `\xAB…` (the text that DuckDB casts to BLOB), NaN and infinities as text, a Map as a
 * list of `{ key, value }`.
 */
export function rowsToNdjson(rows: readonly RowObject[]): Uint8Array {
  let text = ''
  for (const row of rows) text += `${JSON.stringify(row, exactly)}\n`
  return new TextEncoder().encode(text)
}

function exactly(this: RowObject, key: string, value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return rawJson(String(value))
  // A Buffer's own toJSON has already run on `value`.
  const given = this[key]
  if (given instanceof Uint8Array) return bytesText(given)
  if (given instanceof Map) return Array.from(given, ([k, v]) => ({ key: k, value: v }))
  return value
}

// ES2026 `JSON.rawJSON`, in Node since 21; TypeScript's library does not declare it yet.
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (text: string) => object }

function bytesText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`
  return text
}
