import type { WriteRequest } from '../../connect/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName } from '../../sql/index.ts'

/** `s."a" is not distinct from t."a" and …`: NULL equals NULL. */
export function sameKey(key: readonly string[], left: string, right: string): string {
  return key
    .map(name => `${left}.${quoteName(name)} is not distinct from ${right}.${quoteName(name)}`)
    .join(' and ')
}

/** The two rows differ in at least one of the columns. */
export function differ(columns: readonly Column[], left: string, right: string): string {
  if (columns.length === 0) return 'false'
  const pairs = columns.map(
    ({ name }) => `${left}.${quoteName(name)} is distinct from ${right}.${quoteName(name)}`,
  )
  return `(${pairs.join(' or ')})`
}

/** Columns that decide whether a row is another one than before. */
export function telling(request: WriteRequest, columns: readonly Column[]): readonly Column[] {
  const incidental = new Set(request.incidental?.map(name => name.toLowerCase()))
  return columns.filter(({ name }) => !incidental.has(name.toLowerCase()))
}

export function names(columns: readonly Column[]): string {
  return columns.map(({ name }) => quoteName(name)).join(', ')
}

/** A literal of the instant, exact to the millisecond that it is given in. */
export function instant(atMs: number): string {
  return `timestamptz '${new Date(atMs).toISOString()}'`
}
