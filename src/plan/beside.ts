import type { Request } from '../model/index.ts'
import type { Graph } from './graph.ts'

/** An environment that stands beside its base: by number of the asset. */
export type Beside = {
  /** It is the environment's own: made here, and not since taken over by the base. */
  isOwn(i: number): boolean
  /**
   * The environment reads it from the base, and nobody asked for more: its code decides, not time or sources.
   */
  reads(i: number): boolean
  /** Its rows are pushed out by the base alone, unless it is asked for by its very name. */
  keepsIn(i: number): boolean
}

export function besideOf(
  { assets }: Graph,
  { beside, select }: Pick<Request, 'beside' | 'select'>,
): Beside | undefined {
  if (beside === undefined) return undefined
  const own = new Set(beside.own)
  const named = new Set(select)
  const isOwn = (i: number) => own.has(assets[i]?.name ?? '')
  return {
    isOwn,
    reads: i => select.length === 0 && !isOwn(i),
    keepsIn: i => assets[i]?.kind === 'export' && !named.has(assets[i]?.name ?? ''),
  }
}
