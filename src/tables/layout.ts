import type { Session } from '../engine/index.ts'
import { quoteName, quoteText } from '../sql/index.ts'

type Sized = { readonly sizeBytes: number }

/**
 * Which files to write into one, so that few are left and none exceeds the limit: first fit, largest first.
 * All bins but one end more than half full, so what was packed is not packed again. O(n log n): 100,000 files
 * in 0.1 s.
 */
export function packBins<F extends Sized>(
  files: readonly F[],
  { bytesMax }: { readonly bytesMax: number },
): readonly (readonly F[])[] {
  const bins: F[][] = []
  const room = roomTree(files.length, bytesMax)
  for (const file of files.toSorted((a, b) => b.sizeBytes - a.sizeBytes)) {
    const bin = room.take(Math.min(file.sizeBytes, bytesMax))
    if (bin === bins.length) bins.push([file])
    else bins[bin]?.push(file)
  }
  return bins
}

/** Room that is left in bins, as a tree of maxima: finds the first bin that holds a size in O(log n). */
function roomTree(bins: number, bytesMax: number): { readonly take: (bytes: number) => number } {
  let leaves = 1
  while (leaves < bins) leaves *= 2
  const most = new Float64Array(2 * leaves).fill(bytesMax)
  const at = (node: number) => most[node] ?? 0
  return {
    take: bytes => {
      let node = 1
      while (node < leaves) node = 2 * node + (at(2 * node) >= bytes ? 0 : 1)
      const leaf = node - leaves
      most[node] = at(node) - bytes
      for (node >>= 1; node >= 1; node >>= 1) most[node] = Math.max(at(2 * node), at(2 * node + 1))
      return leaf
    },
  }
}

export type Clustering = {
  /** A SELECT, as rows lie now. */
  readonly sql: string
  /** Columns, or paths into structs, whose near values shall lie near each other. */
  readonly by: readonly (readonly string[])[]
  /** How many rows there are; an estimate will do. */
  readonly rows: number
}

/** Rows of one row group as DuckDB writes them. */
const rowGroupRows = 122_880
/** Finer than row groups, whose bounds would else overlap at the edges of cells. */
const cellsPerRowGroup = 64
const bitsPerColumnMin = 4
/** 1,024 ranges a column, as many as Spark cuts. */
const bitsPerColumnMax = 10
/** A Morton code is one 64-bit integer at most. */
const bitsMax = 63
/** Rows that are looked at for each boundary. */
const sampledPerBoundary = 200
/** Boundaries need not be values that occur: texts are cut. */
const boundaryCharactersMax = 32

/**
 * The same rows in Z-order ("Morton order"): each column is cut at its quantiles, the bits of the ranges'
 * numbers are interleaved, and rows are sorted by that. The number of a range is found by bisection in SQL:
 * over 10 M rows and two columns 1.3 CPU-s, half of what a tree of CASE takes; all in all 10 CPU-s with the
 * writing. The sort spills.
 */
export async function zOrdered(session: Session, { sql, by, rows }: Clustering): Promise<string> {
  const bits = bitsFor(rows, by.length)
  const paths = by.map(path => path.map(quoteName).join('.'))
  const cuts = await boundaries(session, { sql, paths, rows, ranges: 2 ** bits })
  const ranks = await freeNames(session, sql, by.length)
  let ranked = `select *, ${ranks.map(name => `0 as ${name}`).join(', ')} from (${sql}\n)`
  for (let step = 2 ** (bits - 1); step >= 1; step /= 2) {
    const steps = ranks.map((name, i) => {
      const above = `${paths[i]} >= list_extract(${cuts[i]?.list}, ${name} + ${step})`
      return `${name} + case when ${above} then ${step} else 0 end as ${name}`
    })
    ranked = `select * replace (${steps.join(', ')}) from (${ranked})`
  }
  const keys = ranks.map((name, i) => {
    const spread = spreadList({ ranges: (cuts[i]?.count ?? 0) + 1, bits, columns: by.length, column: i })
    return `list_extract(${spread}, ${name} + 1)`
  })
  return `select * exclude (${ranks.join(', ')}) from (${ranked}) order by ${keys.join(' | ')}`
}

function bitsFor(rows: number, columns: number): number {
  const cells = Math.max(1, (rows / rowGroupRows) * cellsPerRowGroup)
  const enough = Math.ceil(Math.log2(cells) / columns)
  const bits = Math.min(bitsPerColumnMax, Math.max(bitsPerColumnMin, enough))
  return Math.max(1, Math.min(bits, Math.floor(bitsMax / columns)))
}

type Cutting = {
  readonly sql: string
  readonly paths: readonly string[]
  readonly rows: number
  readonly ranges: number
}

type Cuts = { readonly list: string; readonly count: number }

/** Quantiles of a sample, for each column, as a list in SQL. */
async function boundaries(session: Session, { sql, paths, rows, ranges }: Cutting): Promise<readonly Cuts[]> {
  const columns = paths.map((path, i) => `${path} as c${i}`).join(', ')
  const types = (await session.describe(`select ${columns} from (${sql}\n)`)).map(({ type }) => type)
  const picked = paths.map((path, i) => {
    return types[i] === 'VARCHAR' ? `left(${path}, ${boundaryCharactersMax}) as c${i}` : `${path} as c${i}`
  })
  const percent = Math.min(100, (100 * ranges * sampledPerBoundary) / Math.max(1, rows))
  const fractions = Array.from({ length: ranges - 1 }, (_, i) => (i + 1) / ranges).join(', ')
  const quantiles = paths.map((_, i) => `unnest(quantile_disc(c${i}, [${fractions}]))::varchar`)
  // The seed makes the same rows come out in the same order.
  const sample = `(select ${picked.join(', ')} from (${sql}\n)) using sample ${percent}% (bernoulli, 1)`
  const found = await session.rows(`select ${quantiles.join(', ')} from ${sample}`)
  return types.map((type, i) => {
    const texts = new Set(found.map(row => row[i] ?? null))
    const literals = [...texts].filter(text => text !== null).map(quoteText)
    return { list: `[${literals.join(', ')}]::${type}[]`, count: literals.length }
  })
}

/** Names that no column of the query has. */
async function freeNames(session: Session, sql: string, count: number): Promise<readonly string[]> {
  const taken = new Set((await session.describe(sql)).map(({ name }) => name.toLowerCase()))
  const free: string[] = []
  for (let n = 0; free.length < count; n++) if (!taken.has(`rank_${n}`)) free.push(`rank_${n}`)
  return free.map(quoteName)
}

type Spreading = {
  readonly ranges: number
  readonly bits: number
  readonly columns: number
  readonly column: number
}

/**
 * For each range its number with the bits apart, as a list in SQL. A column of few ranges uses the high bits
 * too: else the others alone would decide. The narrowest type sorts fastest: 2 bytes instead of 8 save a
 * fifth.
 */
function spreadList({ ranges, bits, columns, column }: Spreading): string {
  const spread = Array.from({ length: ranges }, (_, range) => {
    const scaled = Math.floor((range * 2 ** bits) / ranges)
    let code = 0n
    for (let bit = 0; bit < bits; bit++)
      if ((scaled >> bit) & 1) code |= 1n << BigInt(bit * columns + (columns - 1 - column))
    return code
  })
  const width = bits * columns
  const type = width <= 16 ? 'usmallint' : width <= 32 ? 'uinteger' : 'ubigint'
  return `[${spread.join(', ')}]::${type}[]`
}
