// What is done besides a run's own work has a limit: the rest is for the next run.

/** Files that one run writes anew: some ten seconds on two cores. A larger one is never among them. */
export const careRewrittenBytesMax = 2 ** 30
/** Files that one run deletes. */
export const careDeletedFilesMax = 10_000
/** Tables whose folders one run lists for it. */
export const careVacuumsMax = 20
/**
 * An effect is asked for when a run that was killed is settled, and by an attempt that comes twice. It must
 * be there for longer than the identifiers in the logs (30 days), or a commit that stands would be made
 * again.
 */
export const effectsKeptDays = 90
