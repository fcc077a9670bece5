import { failure } from '../../../errors/index.ts'
import type { Protocol } from '../actions.ts'

// "Table Features": what a reader must know of. Features of writers alone do not matter to readers.

/** Table features came with reader version 3: before it, the version says all. */
const featuresVersion = 3

const known: readonly string[] = [
  'columnMapping',
  'deletionVectors',
  'timestampNtz',
  'typeWidening',
  'typeWidening-preview',
  'v2Checkpoint',
  'vacuumProtocolCheck',
  'variantType',
  'variantType-preview',
  'variantShredding',
  'variantShredding-preview',
]

/** Refuse a table that only a reader with more knowledge than this one reads rightly. */
export function checkReadable({ minReaderVersion, readerFeatures = [] }: Protocol): void {
  if (minReaderVersion < 1 || minReaderVersion > featuresVersion)
    throw failure('SLUICE_DELTA_FEATURE_UNSUPPORTED', {
      feature: `reader version ${minReaderVersion}`,
      side: 'read',
    })
  const unknown = minReaderVersion === featuresVersion && readerFeatures.find(name => !known.includes(name))
  if (unknown) throw failure('SLUICE_DELTA_FEATURE_UNSUPPORTED', { feature: unknown, side: 'read' })
}
