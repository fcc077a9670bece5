import { packBins } from '../../../../tables/index.ts'
import type { Candidate } from './candidates.ts'

/** Files of one partition that are written anew together. */
export type Bin = {
  readonly partition: string
  readonly files: readonly Candidate[]
}

export type Sizes = {
  /** Files become about as large as this. */
  readonly targetBytes: number
  /** Files that are not smaller stay as they are, unless they are worn. */
  readonly minBytes: number
  /** So many small files of a partition are worth it. */
  readonly filesMin: number
}

/** Compaction: small files of a partition fill few large ones; a worn file is written anew, also alone. */
export function compactionBins(
  candidates: readonly Candidate[],
  { targetBytes, minBytes, filesMin }: Sizes,
): readonly Bin[] {
  const isSmall = ({ sizeBytes }: Candidate) => sizeBytes < minBytes
  return [...byPartition(candidates)].flatMap(([partition, files]) => {
    const isCrowded = files.filter(isSmall).length >= filesMin
    const worth = files.filter(file => file.isWorn || (isCrowded && isSmall(file)))
    return packBins(worth, { bytesMax: targetBytes })
      .filter(bin => bin.length > 1 || bin.some(({ isWorn }) => isWorn))
      .map(files => ({ partition, files }))
  })
}

/** The bins that fit in, together; undefined: all. One that is larger by itself is never among them. */
export function within(bins: readonly Bin[], bytesMax: number | undefined): readonly Bin[] {
  if (bytesMax === undefined) return bins
  let left = bytesMax
  return bins.filter(bin => {
    const size = bytesOf(bin)
    if (size > left) return false
    left -= size
    return true
  })
}

function bytesOf({ files }: Bin): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** Z-order: all files of a partition. */
export function partitionBins(candidates: readonly Candidate[]): readonly Bin[] {
  return [...byPartition(candidates)].map(([partition, files]) => ({ partition, files }))
}

/** The name of this implementation: "Writer Requirements for Clustered Table", `clusteringProvider`. */
export const clusteringProvider = 'sluice'

/**
 * Clustering: files that are not clustered yet become one cube, together with cubes that are smaller than
 * `cubeBytesMin`: what was clustered and is large stays. Files that another implementation has clustered are
 * left to it.
 */
export function clusteringBins(
  candidates: readonly Candidate[],
  { cubeBytesMin }: { readonly cubeBytesMin: number },
): readonly Bin[] {
  const cubes = Map.groupBy(
    candidates.filter(({ provider }) => provider === clusteringProvider),
    ({ cube }) => cube ?? '',
  )
  const small = [...cubes.values()].filter(
    files => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) < cubeBytesMin,
  )
  const fresh = candidates.filter(({ provider }) => provider === null)
  const files = [...small.flat(), ...fresh]
  const isClustered = fresh.length === 0 && small.length <= 1 && !files.some(({ isWorn }) => isWorn)
  return files.length === 0 || isClustered ? [] : [{ partition: '{}', files }]
}

/** Bins that are committed together: what a conflict or a kill costs is one of these. */
export function commitGroups(bins: readonly Bin[], { bytesMax }: { readonly bytesMax: number }) {
  const groups: Bin[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const bin of bins) {
    const size = bytesOf(bin)
    if (bytes + size > bytesMax) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)?.push(bin)
    bytes += size
  }
  return groups
}

function byPartition(candidates: readonly Candidate[]): ReadonlyMap<string, readonly Candidate[]> {
  return Map.groupBy(candidates, ({ partition }) => partition)
}
