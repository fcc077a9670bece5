import { failure } from '../../../errors/index.ts'
import type { Operation, Transaction } from '../face.ts'
import { checkOf, constraintPrefix, constraintsOf } from './checks.ts'
import { refuseExisting } from './existing.ts'

/** "CHECK Constraints": from now on every row is true of the expression; those that are there must be so. */
export async function addConstraint(tx: Transaction, name: string, expression: string): Promise<Operation> {
  const key = name.toLowerCase()
  if ([...constraintsOf(tx.metadata).keys()].some(other => other.toLowerCase() === key))
    throw failure('SLUICE_DELTA_ALTER_REFUSED', {
      what: `The table has a constraint \`${name}\` already.`,
      why: 'Names of constraints are told apart by letters, not by capitals.',
      fix: 'Drop it first, or take another name.',
    })
  const { sql, rule } = await checkOf(tx.session, { name: key, expression, fields: tx.fields })
  await refuseExisting(tx, { isRight: sql }, rule)
  const configuration = { ...tx.metadata.configuration, [constraintPrefix + key]: expression }
  tx.change({ metadata: { ...tx.metadata, configuration } })
  return { name: 'ADD CONSTRAINT', parameters: { name, expr: expression } }
}

export type DropOptions = { readonly missing: 'allowed' | 'refused' }

export function dropConstraint(tx: Transaction, name: string, { missing }: DropOptions): Operation {
  const found = [...constraintsOf(tx.metadata)].find(([other]) => other.toLowerCase() === name.toLowerCase())
  if (found === undefined) {
    if (missing === 'allowed') return { name: 'DROP CONSTRAINT', parameters: { name, existed: 'false' } }
    throw failure('SLUICE_DELTA_ALTER_REFUSED', {
      what: `The table has no constraint \`${name}\`.`,
      why: `It has ${[...constraintsOf(tx.metadata).keys()].join(', ') || 'none'}.`,
      fix: 'Check the name.',
    })
  }
  const kept = Object.entries(tx.metadata.configuration).filter(
    ([key]) => key !== constraintPrefix + found[0],
  )
  tx.change({ metadata: { ...tx.metadata, configuration: Object.fromEntries(kept) } })
  return { name: 'DROP CONSTRAINT', parameters: { name, expr: found[1], existed: 'true' } }
}
