import { randomUUID } from 'node:crypto'
import { failure } from '../../../errors/index.ts'
import type { Action, AddFile, Metadata, Protocol } from '../actions.ts'
import type { Snapshot } from '../face.ts'
import { rowTrackingDomain } from './conflicts.ts'
import { supports } from './protocol.ts'

// "Row Tracking": every row gets a number for life, by the first number of its file.

/** Whether files get numbers; a table may support it and have put it off. */
export function tracksRows(protocol: Protocol, { configuration }: Metadata): boolean {
  return supports(protocol, 'rowTracking') && configuration['delta.rowTrackingSuspended'] !== 'true'
}

const idColumn = 'delta.rowTracking.materializedRowIdColumnName'
const versionColumn = 'delta.rowTracking.materializedRowCommitVersionColumnName'

/** Names of the hidden columns that keep numbers of copied rows: given once, when it is enabled. */
export function withTrackingColumns(metadata: Metadata): Metadata {
  const { configuration } = metadata
  if (configuration['delta.enableRowTracking'] !== 'true' || configuration[idColumn] !== undefined)
    return metadata
  const names = {
    [idColumn]: `_row-id-col-${randomUUID()}`,
    [versionColumn]: `_row-commit-version-col-${randomUUID()}`,
  }
  return { ...metadata, configuration: { ...configuration, ...names } }
}

/** The actions with numbers for new files above all that were given up to `onto`, and the new highest one. */
export async function numberRows(
  actions: readonly Action[],
  version: number,
  onto: Snapshot | undefined,
): Promise<readonly Action[]> {
  const before = highWaterMark(await onto?.domain(rowTrackingDomain))
  let highest = before
  const numbered = actions
    .filter(action => !('domainMetadata' in action && action.domainMetadata.domain === rowTrackingDomain))
    .map((action): Action => {
      if (!('add' in action) || action.add.baseRowId !== undefined) return action
      const baseRowId = highest + 1n
      highest += BigInt(rowsOf(action.add))
      return { add: { ...action.add, baseRowId, defaultRowCommitVersion: version } }
    })
  if (highest === before) return numbered
  const configuration = `{"rowIdHighWaterMark":${highest}}`
  return [{ domainMetadata: { domain: rowTrackingDomain, configuration, removed: false } }, ...numbered]
}

function highWaterMark(configuration: string | undefined): bigint {
  const found = /"rowIdHighWaterMark"\s*:\s*(-?\d+)/.exec(configuration ?? '')
  return found ? BigInt(found[1] ?? '-1') : -1n
}

function rowsOf({ stats }: AddFile): number {
  const { numRecords } = JSON.parse(stats ?? '{}') as { readonly numRecords?: number }
  if (Number.isSafeInteger(numRecords)) return numRecords ?? 0
  const feature = 'rowTracking of files without statistics'
  throw failure('SLUICE_DELTA_FEATURE_UNSUPPORTED', { feature, side: 'write' })
}
