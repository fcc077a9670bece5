import type { Session } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import type { DeltaLog, Snapshot } from '../../formats/delta/index.ts'
import { type AsOf, quoteText } from '../../sql/index.ts'

/** The table as a query asks for it. */
export async function versionOf(session: Session, log: DeltaLog, asOf: AsOf): Promise<Snapshot> {
  if (asOf.kind === 'version') return log.at({ version: asOf.version })
  // Runs are known to the ledger; whoever has one says when the run had ended.
  if (asOf.kind === 'run') throw failure('SLUICE_LAKE_WHEN', { words: asOf.run })
  const text = quoteText(asOf.timestamp)
  const [at] = await session.row(`select epoch_ms(try_cast(${text} as timestamp with time zone))`)
  if (at == null) throw failure('SLUICE_LAKE_WHEN', { words: asOf.timestamp })
  return log.at({ timestampMs: Number(at) })
}
