import { failure } from '../errors/index.ts'

/** One identifier, quoted: `a"b` → `"a""b"`. Always quoted, so that no keyword list has to be kept. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * An asset's name as SQL: `a.b` → `"a"."b"`. The first dot parts schema and table; a table may hold further
 * dots.
 */
export function quoteAsset(asset: string): string {
  const dot = asset.indexOf('.')
  if (dot < 0) return quoteName(asset)
  return `${quoteName(asset.slice(0, dot))}.${quoteName(asset.slice(dot + 1))}`
}

/** Text as a literal of standard SQL: only the quote is special, a backslash is itself. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * A number as it was written, digit for digit; whatever is not one is refused, so that nothing else can slip
 * in.
 */
export function quoteNumber(value: string | number | bigint): string {
  const text = String(value)
  if (!number.test(text)) throw failure('SLUICE_SQL_NUMBER', { text })
  return text
}
