import type { Changed } from './change.ts'

type Metrics = { readonly [name: string]: string }
type Figures = { readonly [name: string]: number }

/** Metrics of DELETE and UPDATE by the names that Spark gives them, with the figures of the operation. */
export function changeMetrics(change: Changed, figures: Figures): Metrics {
  return inTexts({
    numAddedFiles: change.added.length,
    numRemovedFiles: change.removed.length,
    numAddedBytes: bytesOf(change.added),
    numRemovedBytes: bytesOf(change.removed.map(({ file }) => file)),
    numCopiedRows: change.counts.copied,
    numAddedChangeFiles: change.feed.length,
    ...vectorFigures(change, 'numDeletionVectors'),
    ...figures,
  })
}

/** Metrics of MERGE. */
export function mergeMetrics(change: Changed, figures: Figures): Metrics {
  const { inserted, updated, deleted, copied } = change.counts
  return inTexts({
    numTargetRowsInserted: inserted,
    numTargetRowsUpdated: updated,
    numTargetRowsDeleted: deleted,
    numTargetRowsCopied: copied,
    numOutputRows: inserted + updated + copied,
    numTargetFilesAdded: change.added.length,
    numTargetFilesRemoved: change.removed.length,
    numTargetBytesAdded: bytesOf(change.added),
    numTargetBytesRemoved: bytesOf(change.removed.map(({ file }) => file)),
    numTargetChangeFilesAdded: change.feed.length,
    ...vectorFigures(change, 'numTargetDeletionVectors'),
    ...figures,
  })
}

/** A vector that grows counts as updated only (Spark's `DMLWithDeletionVectorsHelper`). */
function vectorFigures({ vectors, removed }: Changed, prefix: string): Figures {
  const updated = vectors.filter(({ deletedBefore }) => deletedBefore > 0).length
  return {
    [`${prefix}Added`]: vectors.length - updated,
    [`${prefix}Removed`]: removed.filter(({ deletedBefore }) => deletedBefore > 0).length,
    [`${prefix}Updated`]: updated,
  }
}

function bytesOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}

function inTexts(figures: Figures): Metrics {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, String(figure)]))
}
