import type { DeltaLog, Snapshot } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import type { Lake } from './lake.ts'
import type { Sight } from './sight.ts'
import { columnsOf, type Table } from './write/writing.ts'

/**
 * The asset's table, to be changed: on the version that the work sees. Serializable: what a work decided by
 * what it saw must still be so when it commits. Rows that are only appended were not decided by anything,
 * and pass.
 */
export async function openTable(lake: Lake, sight: Sight, asset: AssetName): Promise<Table> {
  const pin = await sight.pinned(asset)
  const log = await lake.table(pin?.asset ?? asset)
  const seen = pin?.kind === 'table' ? pin.snapshot : undefined
  return begun({ asset, log, sight, properties: lake.properties, stands: pin?.kind !== 'view', seen })
}

type Beginning = {
  readonly asset: AssetName
  readonly log: DeltaLog
  readonly sight: Sight
  readonly properties: Lake['properties']
  /** false: a view has the name, and what its table holds below does not count. */
  readonly stands: boolean
  readonly seen: Snapshot | undefined
}

async function begun(beginning: Beginning): Promise<Table> {
  const { asset, log, sight, properties, stands, seen } = beginning
  const base = seen === undefined ? {} : { base: seen }
  const tx = await log.begin({ session: sight.session, ...base, isolation: 'Serializable' })
  return {
    asset,
    tx,
    properties,
    standing: stands && tx.base !== undefined ? await columnsOf(tx) : undefined,
    again: async () => {
      await tx.abandon()
      return begun({ ...beginning, seen: tx.base })
    },
  }
}
