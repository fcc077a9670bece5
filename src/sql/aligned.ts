/**
 * For each asset that is read: which output columns are such that rows with a value v there depend only on
 * that asset's rows whose named column is v. An asset that is not in the map is not read; one without entries
 * is read as a whole.
 */
export type Aligned = ReadonlyMap<string, ReadonlyMap<number, string>>

/**
 * Columns moved about: `from[k]` is the input position that output k passes on, undefined where it makes
 * something new.
 */
export function moved(aligned: Aligned, from: readonly (number | undefined)[]): Aligned {
  return mapEach(aligned, columns => {
    const out = new Map<number, string>()
    from.forEach((source, at) => {
      const column = source === undefined ? undefined : columns.get(source)
      if (column !== undefined) out.set(at, column)
    })
    return out
  })
}

/** Rows are compared within groups: only columns by which they are grouped stay aligned. */
export function alignedByGroups(aligned: Aligned, keeps: (at: number) => boolean): Aligned {
  return mapEach(aligned, columns => new Map([...columns].filter(([at]) => keeps(at))))
}

export function alignedNowhere(aligned: Aligned): Aligned {
  return mapEach(aligned, () => new Map())
}

/** Rows of several branches under one another: aligned where every branch that reads the asset is. */
export function alignedUnion(branches: readonly Aligned[]): Aligned {
  const out = new Map<string, ReadonlyMap<number, string>>()
  for (const branch of branches) {
    for (const [asset, columns] of branch) {
      const seen = out.get(asset)
      out.set(asset, seen ? new Map([...columns].filter(([at, column]) => seen.get(at) === column)) : columns)
    }
  }
  return out
}

type Join = {
  readonly kind: string
  readonly left: Aligned
  readonly right: Aligned
  /** Number of columns of the left side. */
  readonly width: number
  /** Positions that the join holds equal. */
  readonly equal: readonly { readonly left: number; readonly right: number }[]
}

const leftKept = new Set(['INNER', 'LEFT', 'SINGLE', 'SEMI', 'ANTI', 'MARK'])

/**
 * A row of a join depends on the row of each side that it is made of, and, where rows without a partner stay
 * or go, on the whole other side as far as its partners could be found there.
 */
export function alignedJoin({ kind, left, right, width, equal }: Join): Aligned {
  const out = new Map<string, ReadonlyMap<number, string>>()
  for (const [asset, columns] of left) {
    out.set(asset, leftKept.has(kind) && !right.has(asset) ? columns : new Map())
  }
  for (const [asset, columns] of right) {
    out.set(asset, rightAligned({ kind, width, equal, columns, own: left.get(asset) }))
  }
  return out
}

type Side = Pick<Join, 'kind' | 'width' | 'equal'> & {
  readonly columns: ReadonlyMap<number, string>
  /** The asset's columns on the left side, when it is read there too. */
  readonly own: ReadonlyMap<number, string> | undefined
}

function rightAligned({ kind, width, equal, columns, own }: Side): ReadonlyMap<number, string> {
  const out = new Map<number, string>()
  if (!leftKept.has(kind)) return out
  // A left column that equals an aligned right one is aligned as well; read on both sides, both must be.
  for (const pair of equal) {
    const column = columns.get(pair.right)
    if (column !== undefined && (own === undefined || own.get(pair.left) === column))
      out.set(pair.left, column)
  }
  // Only an inner join gives every right column a partner: elsewhere it may be NULL for want of one.
  if (kind === 'INNER' && own === undefined) {
    for (const [at, column] of columns) out.set(width + at, column)
  }
  return out
}

function mapEach(
  aligned: Aligned,
  change: (columns: ReadonlyMap<number, string>) => ReadonlyMap<number, string>,
): Aligned {
  return new Map([...aligned].map(([asset, columns]) => [asset, change(columns)]))
}
