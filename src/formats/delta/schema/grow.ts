import type { TableField } from '../../../tables/index.ts'
import { supports } from '../commit/protocol.ts'
import type { Transaction } from '../face.ts'
import { evolve, type Widening } from './evolve.ts'
import { withSchema } from './mapping.ts'
import { readSchema } from './schema-string.ts'
import { widens, widensByItself } from './widen.ts'

/** Let the transaction's table take rows with these columns: add and widen what is missing to it. */
export function growTo(tx: Transaction, incoming: readonly TableField[]): void {
  const schema = readSchema(tx.metadata.schemaString)
  const evolved = evolve(schema, incoming, wideningOf(tx))
  if (evolved === schema) return
  tx.change({ metadata: withSchema(tx.metadata, evolved) })
}

/** "Type Widening", by itself: what incoming rows may do to a column. */
function wideningOf(tx: Transaction): Widening {
  const asked = wideningAsked(tx)
  return (from, to) => widensByItself(from, to) && asked(from, to)
}

/** "Type Widening": only where the table has it, and says so. */
export function wideningAsked({ protocol, property }: Transaction): Widening {
  const enabled = property('delta.enableTypeWidening') === 'true' && supports(protocol, 'typeWidening')
  return enabled ? widens : () => false
}
