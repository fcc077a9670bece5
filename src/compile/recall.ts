import type { Asset, Column, ColumnLineage } from '../model/index.ts'
import type { Node } from './nodes.ts'
import type { Names } from './resolve.ts'
import type { CompileInput } from './types.ts'

/** What the last call made of each declaration, by number. */
export type Assembled = {
  readonly names: Names
  readonly pools: CompileInput['pools']
  readonly nodes: readonly Node[]
  readonly columns: readonly (readonly Column[] | undefined)[]
  readonly lineage: readonly (readonly ColumnLineage[] | undefined)[]
  readonly after: readonly (readonly number[])[]
  /** undefined: something is wrong with it, and has to be said again. */
  readonly assets: readonly (Asset | undefined)[]
}

/**
 * What the last call made, if its numbers still mean the same: the same names in the same order, and the same
 * ones split, because a name may stand for a child table of what is split.
 */
export function recalled(names: Names, { memo, pools }: CompileInput): Assembled | undefined {
  const last = memo?.last
  if (last === undefined || last.pools !== pools) return undefined
  const [before, now] = [last.names.declarations, names.declarations]
  if (before.length !== now.length) return undefined
  for (let i = 0; i < now.length; i++) {
    const [one, other] = [before[i], now[i]]
    if (one === other) continue
    if (one?.name !== other?.name || one?.facts.nested !== other?.facts.nested) return undefined
  }
  return last
}

/** The node of a declaration that is the very same and with which nothing was wrong. */
export function sameNode(last: Assembled | undefined, names: Names, number: number): Node | undefined {
  if (last === undefined || last.names.declarations[number] !== names.declarations[number]) return undefined
  const node = last.nodes[number]
  return node?.sound ? node : undefined
}

/** The asset, if neither its node, nor its columns, nor what it reads is another. */
export function sameAsset(
  last: Assembled | undefined,
  number: number,
  now: Omit<Assembled, 'assets' | 'pools'>,
): Asset | undefined {
  const node = now.nodes[number]
  if (last === undefined || node === undefined || node !== last.nodes[number]) return undefined
  if (now.columns[number] !== last.columns[number] || now.lineage[number] !== last.lineage[number])
    return undefined
  if (!equalNumbers(now.after[number], last.after[number])) return undefined
  const [before, after] = [last.names.declarations, now.names.declarations]
  for (const read of node.numbers) if (before[read] !== after[read]) return undefined
  return last.assets[number]
}

function equalNumbers(one: readonly number[] = [], other: readonly number[] = []): boolean {
  return one === other || (one.length === other.length && one.every((number, i) => number === other[i]))
}
