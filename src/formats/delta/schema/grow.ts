import type { TableField } from '../../../tables/index.ts'
import { protocolFor, supports } from '../commit/protocol.ts'
import type { Transaction } from '../face.ts'
import { evolve, type Widening } from './evolve.ts'
import { withSchema } from './mapping.ts'
import { readSchema } from './schema-string.ts'
import { widensByItself, widensForIceberg } from './widen.ts'

/** Let the transaction's table take rows with these columns: add and widen what is missing to it. */
export function growTo(tx: Transaction, incoming: readonly TableField[]): void {
  const schema = readSchema(tx.metadata.schemaString)
  const evolved = evolve(schema, incoming, wideningOf(tx))
  if (evolved === schema) return
  const metadata = withSchema(tx.metadata, evolved)
  tx.change({ metadata, protocol: protocolFor(metadata, tx.protocol) })
}

/** "Type Widening": only where the table has it, and says so. */
function wideningOf({ protocol, property }: Transaction): Widening {
  const enabled = property('delta.enableTypeWidening') === 'true' && supports(protocol, 'typeWidening')
  if (!enabled) return () => false
  const forIceberg = ['icebergCompatV1', 'icebergCompatV2'].some(name => supports(protocol, name))
  return forIceberg ? widensForIceberg : widensByItself
}
