/**
 * `JSON.rawJSON` (ES proposal "JSON.parse source text access", in V8 since 11.4); TypeScript does not know it
 * yet.
 */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

/**
 * JSON text of any value, exact: bigints keep all digits, bytes are hexadecimal, numbers that JSON lacks are
 * words.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, exact)
}

function exact(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return rawJSON(value.toString())
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'nan'
  return value > 0 ? 'inf' : '-inf'
}
