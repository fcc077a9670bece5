import { failure } from '../../../errors/index.ts'
import type { DeltaLog, Snapshot } from '../face.ts'

/** The newest version; SLUICE_DELTA_NOT_A_TABLE where there is none. */
export async function newest(log: DeltaLog): Promise<Snapshot> {
  const snapshot = await log.latest()
  if (!snapshot) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: log.place.store.describe })
  return snapshot
}
