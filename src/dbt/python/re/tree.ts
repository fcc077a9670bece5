import type { Test } from './characters.ts'

/** A pattern, read. */
export type Node =
  | { readonly kind: 'one'; readonly test: Test }
  | { readonly kind: 'at'; readonly place: Place }
  | { readonly kind: 'all'; readonly items: readonly Node[] }
  | { readonly kind: 'either'; readonly options: readonly Node[] }
  | { readonly kind: 'group'; readonly group: number; readonly body: Node }
  | {
      readonly kind: 'repeat'
      readonly body: Node
      readonly min: number
      readonly max: number
      readonly how: 'greedy' | 'lazy' | 'possessive'
    }
  /** What a group matched, again; `folds`: in any case. */
  | { readonly kind: 'again'; readonly group: number; readonly folds: ((code: number) => number) | undefined }
  /** Looks ahead, or behind by `width` characters. */
  | {
      readonly kind: 'look'
      readonly body: Node
      readonly isNegated: boolean
      readonly width: number | undefined
    }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'if'; readonly group: number; readonly yes: Node; readonly no: Node }

/** Where a pattern can only be; `isWord` belongs to the boundaries. */
export type Place =
  | { readonly at: 'start' | 'end' | 'line-start' | 'line-end' | 'last-line-end' }
  | { readonly at: 'boundary' | 'no-boundary'; readonly isWord: Test }

export const flag = { A: 256, I: 2, L: 4, M: 8, S: 16, X: 64, U: 32 } as const

export type Tree = {
  readonly node: Node
  readonly flags: number
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

/** How many characters it takes at least and at most; `widths` are those of the groups. */
export function widthOf(node: Node, widths: ReadonlyMap<number, Width>): Width {
  switch (node.kind) {
    case 'one':
      return [1, 1]
    case 'at':
    case 'look':
      return [0, 0]
    case 'all':
      return node.items.reduce<Width>((sum, item) => plus(sum, widthOf(item, widths)), [0, 0])
    case 'either':
      return between(node.options.map(option => widthOf(option, widths)))
    case 'group':
    case 'atomic':
      return widthOf(node.body, widths)
    case 'repeat': {
      const [least, most] = widthOf(node.body, widths)
      return [least * node.min, most === 0 ? 0 : most * node.max]
    }
    case 'again':
      return widths.get(node.group) ?? [0, Infinity]
    default:
      return between([widthOf(node.yes, widths), widthOf(node.no, widths)])
  }
}

export type Width = readonly [least: number, most: number]

function plus([a, b]: Width, [c, d]: Width): Width {
  return [a + c, b + d]
}

function between(all: readonly Width[]): Width {
  return [Math.min(...all.map(([least]) => least)), Math.max(...all.map(([, most]) => most))]
}
