import { raise, typeName, type Value } from '../../../jinja/index.ts'

/** Checks of arguments that the classes of this folder share, with C's words. */

/** An int, as `__index__` gives it. */
export function wantInt(value: Value): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value)
  if (typeof value === 'bigint') return raise('OverflowError', 'Python int too large to convert to C int')
  return raise('TypeError', `'${typeName(value)}' object cannot be interpreted as an integer`)
}

/** What an error says of the argument that was given: its class, None by name. */
export function givenName(value: Value): string {
  return value === null ? 'None' : typeName(value)
}

export function wantText(value: Value, where: string): string {
  return typeof value === 'string'
    ? value
    : raise('TypeError', `${where} must be str, not ${givenName(value)}`)
}

/** `replace(…)`: what was not given stays. */
export function kept(value: Value, old: number): number {
  return value === untold ? old : wantInt(value)
}

/** The default of an argument that may itself be None. */
export const untold = '\0untold'
