import { repr, str } from '../../../jinja/index.ts'
import { valueOf } from '../../context/json.ts'
import type { ColumnFacts, Node } from '../../face.ts'
import { sha256 } from '../hash.ts'

const enforcing = new Set(['table', 'incremental'])

/** The checksum of what a contract promises: by it a state's contract is held against another's. */
export function contractChecksum(node: Node): string {
  const columns = Object.values(node.columns).sort((a, b) => (a.name < b.name ? -1 : 1))
  const said = columns.map(
    ({ name, data_type, constraints }) =>
      `|${name}${str(data_type)}${printed(constraints, 'ColumnLevelConstraint')}`,
  )
  const materialized = String(node.config.materialized)
  const more = enforcing.has(materialized)
    ? materialized + printed(node.constraints as ColumnFacts['constraints'], 'ModelLevelConstraint')
    : ''
  return sha256(said.join('') + more)
}

/** As dbt prints its objects, since the checksum is of that text. */
function printed(constraints: ColumnFacts['constraints'], kind: string): string {
  const all = constraints.map(({ type, ...fields }) => {
    const name = String(type)
    const first = `type=<ConstraintType.${name}: '${name}'>`
    const rest = Object.entries(fields).map(([field, value]) => `${field}=${repr(valueOf(value))}`)
    return `${kind}(${[first, ...rest].join(', ')})`
  })
  return `[${all.join(', ')}]`
}
