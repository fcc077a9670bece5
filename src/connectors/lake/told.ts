import type { HistoryEntry, Operation } from '../../formats/delta/index.ts'

/** What a commit says of itself besides the operation. */
export type Told = {
  /** The run that made it; undefined: somebody else did, or care of the table. */
  readonly run: string | undefined
  /** The name meant no table before, or another one. */
  readonly began?: boolean
  /** The view that had the name before. */
  readonly instead?: string | undefined
}

/** `history` tells by it which run made a version, and going back what was there before. */
export function by({ run, began, instead }: Told, operation: Operation): Operation {
  const words = { run, ...(began ? { began } : {}), ...(instead === undefined ? {} : { instead }) }
  return { ...operation, userMetadata: JSON.stringify(words) }
}

/** As `by` wrote it; others write there what they like. */
export function told({ userMetadata }: Pick<HistoryEntry, 'userMetadata'>): Told {
  try {
    const { run, began, instead } = JSON.parse(userMetadata ?? '{}') as { readonly [name: string]: unknown }
    return {
      run: typeof run === 'string' && run !== '' ? run : undefined,
      began: began === true,
      instead: typeof instead === 'string' ? instead : undefined,
    }
  } catch {
    return { run: undefined }
  }
}

/** Commits that arrange rows anew, and change none. */
const care = new Set(['OPTIMIZE', 'REORG', 'VACUUM START', 'VACUUM END', 'COMPUTE STATS', 'ANALYZE TABLE'])

export function isCare({ operation }: Pick<HistoryEntry, 'operation'>): boolean {
  return care.has(operation)
}
