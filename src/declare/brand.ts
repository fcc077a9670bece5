/**
 * Marks by registered symbols: a project may be loaded beside a second copy of this package (linked,
 * hoisted twice), and what one copy made the other must know.
 */
export const assetMark: unique symbol = Symbol.for('sluice.asset') as never
export const refMark: unique symbol = Symbol.for('sluice.ref') as never
export const sqlMark: unique symbol = Symbol.for('sluice.sql') as never
export const configMark: unique symbol = Symbol.for('sluice.config') as never
export const checkMark: unique symbol = Symbol.for('sluice.check') as never

/** Does the value carry the mark? */
export function isMarked(value: unknown, mark: symbol): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, mark)
}
