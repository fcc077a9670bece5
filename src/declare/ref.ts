import { failure } from '../errors/index.ts'
import { isMarked, refMark } from './brand.ts'

/**
 * Rows of the assets that are written in SQL, by name. Empty here: the generated `sluice.d.ts` of a project
 * adds them by `declare module 'sluice' { interface Assets { … } }`, which tsc merges through the re-export
 * of `src/index.ts` (tried with TypeScript 7).
 */
export interface Assets {}

type NameOf = keyof Assets extends never ? string : Extract<keyof Assets, string>
type RowOfName<Name> = Name extends keyof Assets ? Assets[Name] : unknown

/** An asset by name. */
export type Ref<Row = unknown> = {
  readonly [refMark]: true
  readonly kind: 'ref'
  readonly name: string
  readonly row?: Row
}

/**
 * An asset that is written in SQL, by name, for TypeScript assets that read it. Assets written in
 * TypeScript are imported.
 * @example asset({ orders: ref('staging.orders') }, async function* ({ orders }) { … })
 */
export function ref<const Name extends NameOf>(name: Name): Ref<RowOfName<Name>> {
  if (typeof name !== 'string' || (name as string) === '') throw failure('SLUICE_REF_NAME', {})
  return Object.freeze({ [refMark]: true as const, kind: 'ref' as const, name })
}

/** Was this made by `ref`? */
export function isRef(value: unknown): value is Ref {
  return isMarked(value, refMark)
}
